import { Control } from '../../src/control/control.ts';
import { recordingLogger } from './recording-logger.ts';

/** What `host-1` is ordered, which was started in 2023. */
export function aControl(): Control {
  const { logger } = recordingLogger();
  return new Control({ name: 'host-1', startedAt: new Date('2023-11-14T20:00:00Z'), logger });
}
