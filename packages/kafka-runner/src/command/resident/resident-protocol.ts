import { z } from 'zod';
import type { Command } from '../run-command.ts';

/**
 * What a worker and a resident program say to each other: one JSON object a line, to the program on its file descriptor 3,
 * from it on 4. `docs/resident-programs.md` is the page for authors.
 */
export interface ToProgram {
  /** Do what a process of this argument list would do. One at a time. */
  readonly command: { readonly id: number; readonly argv: Command };
}

const fromProgramSchema = z.union([
  /** It can take commands. */
  z.object({ ready: z.object({}) }),
  /** The command is over. `reusable`: the next one finds the program as if nothing had happened. */
  z.object({ ended: z.object({ id: z.int(), exitCode: z.int(), reusable: z.boolean() }) }),
]);

export type FromProgram = z.infer<typeof fromProgramSchema>;

export type CommandEnded = Extract<FromProgram, { ended: unknown }>['ended'];

/** Undefined: not a whole message of this protocol. */
export function parseFromProgram(line: string): FromProgram | undefined {
  try {
    return fromProgramSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
