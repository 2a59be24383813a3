// Expected: every version is exact, every package of npm and PyPI has its hash and no address in the lock file, the page names the versions and
// checksums that the code uses, and the bill of materials holds what a worker runs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { checksums, versions } from '../lab/versions.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const published = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/package.json`);
const manifests = ['package.json', 'site/package.json', ...published];

test('exact versions', () => {
  const named = manifests.flatMap((file) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(file)) as Manifest;
    return Object.entries({ ...dependencies, ...devDependencies });
  });
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

test('the packages of PyPI', () => {
  const files = readdirSync(path.join(root, 'lab/python'));
  // A package, and on lines of their own the hashes of all its files.
  const packages = files.flatMap((file) =>
    read(`lab/python/${file}`)
      .trim()
      .split(/\n(?! )/),
  );
  assert.ok(packages.length > 15);
  assert.deepEqual(
    packages.filter((text) => !/^[\w-]+==[\w.]+( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/.test(text)),
    [],
  );
});

test('the lock file', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Record<string, unknown>> };
  const fetched = Object.entries(packages).filter(([name, { link }]) => name.includes('node_modules/') && !link);
  assert.ok(fetched.length > 100);
  const faults = fetched.filter(
    ([, entry]) => !String(entry['integrity']).startsWith('sha512-') || 'resolved' in entry,
  );
  assert.deepEqual(
    faults.map(([name]) => name),
    [],
  );
});

test('the page', () => {
  const page = read('docs/supply-chain.md');
  const { devDependencies = {} } = JSON.parse(read('package.json')) as Manifest;
  const row = (what: string): string => page.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? '';
  assert.ok(row('Apache Kafka').includes(`| ${versions.kafka} |`));
  assert.ok(row('MinIO').includes(`| ${versions.minio} |`));
  assert.ok(row('Node for the clone').includes(`| ${devDependencies['node']} |`));
  assert.ok(row('addon of the Kafka client').includes(`| ${devDependencies['@confluentinc/kafka-javascript']} |`));
  for (const checksum of Object.values(checksums)) assert.ok(page.includes(checksum), checksum);
});

test('the bill of materials', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], { cwd: root, maxBuffer: 2 ** 26 });
  const bill = JSON.parse(stdout) as { bomFormat: string; components: readonly { name: string; version: string }[] };
  assert.equal(bill.bomFormat, 'CycloneDX');
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
  for (const file of published) {
    const { dependencies = {} } = JSON.parse(read(file)) as Manifest;
    for (const [name, version] of Object.entries(dependencies)) assert.ok(listed.has(`${name}@${version}`), name);
  }
  assert.ok(!bill.components.some(({ name }) => name === 'typescript'), 'what only the tests need is not in it');
});
