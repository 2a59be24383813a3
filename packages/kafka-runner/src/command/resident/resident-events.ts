import { EventEmitter } from 'node:events';

/**
 * Why another program takes the place of one: it had ended (`died`), its command was ended (`stopped`), it said that it is not as
 * it was (`unclean`), it has run `recycleAfter` commands (`old`), or has outgrown `maxMemoryBytes` (`grown`).
 */
export const replaceReasons = ['died', 'stopped', 'unclean', 'old', 'grown'] as const;

export type ReplaceReason = (typeof replaceReasons)[number];

interface ResidentEventMap {
  started: [result: 'ready' | 'failed'];
  replaced: [reason: ReplaceReason];
}

/** How resident programs come and go, for whoever counts. */
export class ResidentEvents extends EventEmitter<ResidentEventMap> {}
