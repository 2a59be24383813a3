const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** The first SIGINT or SIGTERM asks for an orderly stop; the second ends the process at once, with the shell's exit code for it. */
export function onShutdownSignals(stop: (signal: NodeJS.Signals) => void): Disposable {
  let stopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(exitCodes[signal as keyof typeof exitCodes]);
    stopping = true;
    stop(signal);
  };
  for (const signal of Object.keys(exitCodes)) process.on(signal, handle);
  return {
    [Symbol.dispose](): void {
      for (const signal of Object.keys(exitCodes)) process.removeListener(signal, handle);
    },
  };
}
