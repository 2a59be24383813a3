import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../../../lab/cache.ts';
import { runInBlender } from '../../../../lab/scenes/run-in-blender.ts';
import type { BlenderVersion } from '../../src/blender/blender-version.ts';

const caseSchema = z.object({
  name: z.string(),
  /** What is special about it, where its name does not say all. */
  about: z.string(),
  /** Of the scene, in a folder with what belongs to it. */
  file: z.string(),
  /** `good`, or the code that its job ends with. */
  verdict: z.string(),
  startFrame: z.int(),
  numFrames: z.int(),
  /** What a good one renders. */
  files: z.array(z.string()),
  /** In what its `RenderRequest` differs from the usual one. */
  job: z.record(z.string(), z.unknown()),
});

export type CorpusCase = z.infer<typeof caseSchema> & { readonly scenePath: string };

/** The table of `corpus.py`, with the scenes, made by this Blender when they are not in the cache. Others share them. */
export async function corpus(blender: BlenderVersion): Promise<CorpusCase[]> {
  const folder = path.join(cacheFolder(), 'corpus', `${blender.version}-${await sourcesHash()}`);
  const table = await readTable(folder).catch(() => makeCorpus(folder, blender));
  return table.map((each) => ({ ...each, scenePath: path.join(folder, each.name, each.file) }));
}

async function readTable(folder: string): Promise<z.infer<typeof caseSchema>[]> {
  return z.array(caseSchema).parse(JSON.parse(await readFile(path.join(folder, 'corpus.json'), 'utf8')));
}

/** Made aside and renamed, so that what is there is whole; of two makers the first one wins. */
async function makeCorpus(folder: string, blender: BlenderVersion) {
  await mkdir(path.dirname(folder), { recursive: true });
  const aside = await mkdtemp(`${folder}.making-`);
  try {
    await runInBlender(blender, path.join(import.meta.dirname, 'make_corpus.py'), [aside]);
    await rename(aside, folder).catch(() => undefined);
    return await readTable(folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** What decides the bytes of the scenes. */
async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [import.meta.dirname, path.join(import.meta.dirname, '../../../../lab/scenes')]) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.py'));
    for (const name of names.toSorted()) hash.update(await readFile(path.join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
