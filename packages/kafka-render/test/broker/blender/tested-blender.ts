import process from 'node:process';
import { probeBlender } from '../../../src/blender/blender-version.ts';

/** The Blender that the tests of this folder are about: `npm run test:blenders` names others by TEST_BLENDER. */
export const testedBlender = await probeBlender(process.env['TEST_BLENDER'] ?? 'blender');

/** Everything in which the generations of Blender, and its two kinds, are expected to differ. */
export const expected = {
  /** Formats of which a disk that is full makes Blender fail loudly; the others end well, with a part of a file. */
  loudWhenTheDiskIsFull: testedBlender.major >= 5 ? ['jpeg', 'tiff'] : ['jpeg'],
  /** Debian builds without it. */
  hasOpenShadingLanguage: testedBlender.kind === 'module',
  /** EEVEE without a GPU takes 1 s for a frame to 4.x, 10 s from 5.0 on. */
  runTimeoutMs: 300_000,
};
