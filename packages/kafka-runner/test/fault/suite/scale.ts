/** `full`: as many faults and as long as the promise says (`npm run test:faults`). `small`: what `npm test` has time for. */
export type Scale = 'small' | 'full';

export const scale: Scale = process.env['FAULT_SCALE'] === 'full' ? 'full' : 'small';

/** One of two, by the scale of this run. */
export function atScale<T>({ small, full }: Readonly<Record<Scale, T>>): T {
  return scale === 'full' ? full : small;
}
