// Exits 0 when node_modules holds what package-lock.json says. Plain JavaScript: the machine's own Node, which may be an
// old one, runs it before anything is installed. npm writes node_modules/.package-lock.json last, so an interrupted
// installation has none.
import { readFileSync } from 'node:fs';

function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return {};
  }
}

const installed = lockedPackages('node_modules/.package-lock.json');
const isThere = ([path, wanted]) =>
  wanted.optional || !path.includes('node_modules/') || installed[path]?.version === wanted.version;
process.exit(Object.entries(lockedPackages('package-lock.json')).every(isThere) ? 0 : 1);
