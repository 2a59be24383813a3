import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keepToken, knownToken, post, ServerError } from '../server.ts';

interface Props {
  readonly question: string;
  readonly consequence: string;
  readonly action: string;
  /** What is posted when it is confirmed. */
  readonly path: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks before something is changed, and for the token where this tab does not know it. */
export function ConfirmDialog({ question, consequence, action, path, onDone, onClose }: Props): ComponentChild {
  const dialog = useRef<HTMLDialogElement>(null);
  const [token, setToken] = useState(knownToken);
  const [asksToken, setAsksToken] = useState(token === '');
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      await post(path, token);
      keepToken(token);
      onDone();
      // Closed, and not only taken away: the focus goes back to where it was.
      dialog.current?.close();
    } catch (error) {
      if (error instanceof ServerError && error.status === 401) setAsksToken(true);
      setFault((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="question" onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <h2 id="question">{question}</h2>
        <p>{consequence}</p>
        {asksToken && (
          <label>
            Token, as the dashboard printed it at its start
            <input
              type="password"
              autocomplete="off"
              required
              value={token}
              onInput={({ currentTarget }) => setToken(currentTarget.value.trim())}
            />
          </label>
        )}
        {fault !== '' && (
          <p role="alert" class="fault">
            {fault}
          </p>
        )}
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class="danger" disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
