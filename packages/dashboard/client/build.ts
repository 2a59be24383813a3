/**
 * Builds the browser's part into `dist/client`: `bin/node packages/dashboard/client/build.ts [--anew]`. What is as young
 * as its sources is left alone.
 */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

const root = import.meta.dirname;
const outDir = path.join(root, '../dist/client');

function isFresh(): boolean {
  const built = statSync(path.join(outDir, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name));
  const shared = [path.join(root, '../src/api.ts'), path.join(root, '../package.json')];
  return [...sources, ...shared].every((file) => statSync(file).mtimeMs < built);
}

if (process.argv.includes('--anew') || !isFresh()) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    // Nothing is inlined, and nothing preloaded by a script of its own: the page's policy lets only files of the server in.
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
}
