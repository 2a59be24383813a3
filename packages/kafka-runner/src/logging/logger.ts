import { hostname } from 'node:os';
import pino, { type DestinationStream, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';
import { printableDecoded, printableJson } from '../printable.ts';

export type Logger = pino.Logger;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerSettings {
  /** Name of the program, as it stands in each line. */
  readonly runner: string;
  readonly level: LogLevel;
  /** Gets each line of level error as JSON text, beside the console. */
  readonly errorStream?: DestinationStream;
  /** Default: standard error. */
  readonly console?: NodeJS.WriteStream;
}

/** Logs to the console, readable on a terminal and as JSON lines elsewhere, and errors to `errorStream` too. */
export function createLogger(settings: LoggerSettings): Logger {
  const streams: StreamEntry[] = [{ level: settings.level, stream: consoleStream(settings.console ?? process.stderr) }];
  if (settings.errorStream) streams.push({ level: 'error', stream: settings.errorStream });
  return pino(
    {
      level: settings.level,
      base: { runner: settings.runner, host: hostname() },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Jobs and commands say what they like: none of it may be more than text to a terminal.
      hooks: { streamWrite: printableJson },
    },
    pino.multistream(streams),
  );
}

function consoleStream(output: NodeJS.WriteStream): DestinationStream {
  if (!output.isTTY) return output;
  const people = pretty({
    destination: output,
    sync: true,
    colorize: true,
    singleLine: true,
    ignore: 'pid,runner,host',
    messageKey: 'message',
  });
  return { write: (line) => void people.write(printableDecoded(line)) };
}
