/** What the server says when it does not do what it was asked for. */
export class ServerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal });
  if (!response.ok) throw new ServerError(response.status, await faultOf(response));
  return (await response.json()) as T;
}

export async function post(path: string, token: string): Promise<void> {
  const response = await fetch(path, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new ServerError(response.status, await faultOf(response));
}

async function faultOf(response: Response): Promise<string> {
  const answer: unknown = await response.json().catch(() => undefined);
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  return typeof error === 'string' ? error : `the server answered with ${response.status}`;
}

const storageKey = 'token';

/** The address that the server prints holds the token: it goes into this tab's memory, and out of sight. */
export function takeTokenFromAddress(): void {
  const [, token] = /^#token=([\x21-\x7e]+)$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  keepToken(token);
  history.replaceState(null, '', '#/jobs');
}

export function knownToken(): string {
  return sessionStorage.getItem(storageKey) ?? '';
}

export function keepToken(token: string): void {
  sessionStorage.setItem(storageKey, token);
}
