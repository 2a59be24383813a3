import process from 'node:process';
import { outputOf } from './output-of.ts';

/** What the machine itself brings, or Debian's packages: how to ask its version, and where in the answer it stands. */
const programs = [
  { name: 'Blender', argv: ['blender', '--version'] },
  { name: 'bubblewrap', argv: ['bwrap', '--version'] },
  { name: 'Chromium', argv: ['chromium', '--version'] },
  { name: 'Java', argv: ['java', '-version'] },
  { name: 'Python', argv: ['python3', '--version'] },
  { name: 'Go', argv: ['go', 'version'] },
] as const;

/** Rows for the table at the end of the set-up. */
export async function machineParts(): Promise<{ name: string; version: string; path: string }[]> {
  const rows = programs.map(async ({ name, argv: [program, ...args] }) => {
    const output = await outputOf(program, args);
    return { name, version: output?.match(/\d+(\.\d+)+/)?.[0] ?? 'does not answer', path: program };
  });
  return [{ name: 'Node.js', version: process.versions.node, path: process.execPath }, ...(await Promise.all(rows))];
}
