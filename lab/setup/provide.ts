import type { FoundPart, Part } from './part.ts';

/** A part as it was found, or as it is now that it is installed. */
export async function provide(part: Part): Promise<FoundPart> {
  return (await part.find()) ?? (await install(part));
}

async function install(part: Part): Promise<FoundPart> {
  console.log(`set-up: ${part.announcement}`);
  const started = performance.now();
  await part.install();
  const found = await part.find();
  if (found === undefined) throw new Error('it was installed, but does not work');
  console.log(`set-up: ${part.name} is ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return found;
}
