import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { combinedSha256 } from '../../../src/delivery/file-sum.ts';

/** What `sha256sum` says of a text. */
function sha256sum(text: string): string {
  return execFileSync('sh', ['-c', 'sha256sum'], { input: text, encoding: 'utf8' }).slice(0, 64);
}

test('the sum of what sha256sum prints, in the order of bytes', () => {
  // As UTF-16, the emoji comes before the last of these.
  const paths = ['0001.png', '0002.png', 'Tiefe/ä0001.exr', '\uFF5E.png', '😀.png'];
  const files = paths.map((path) => ({ path, sha256: sha256sum(path) }));
  const printed = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
  assert.equal(combinedSha256(files.toReversed()), sha256sum(printed));
});
