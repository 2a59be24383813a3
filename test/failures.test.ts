import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { KafkaRender, type RenderParts } from 'kafka-render';
import { FailedError, KafkaRunner } from 'kafka-runner';

// docs/failures.md says of each code of docs/errors.md what the code does about it.

const root = path.dirname(import.meta.dirname);
const options = { inTopic: 'jobs', bootstrapServers: ['none:1'] };
const runner = new KafkaRunner(options);
const render = new KafkaRender(options, {} as RenderParts);

/** The rows of a page's tables: package, code, and what stands beside it. */
async function rowsOf(page: string): Promise<[owner: string, code: string, beside: string][]> {
  const text = await readFile(path.join(root, 'docs', page), 'utf8');
  return text.split(/^## Codes of /m).flatMap((section) => {
    const [owner = ''] = section.split('\n');
    return [...section.matchAll(/^\| `([a-z-]+)` \| (\w+) \|/gm)].map(
      ([, code = '', beside = '']): [string, string, string] => [owner, code, beside],
    );
  });
}

function another(owner: string, code: string, outcome: string): string {
  if (outcome === 'rejected') return 'no';
  if (outcome !== 'failed') return 'kept';
  const error = new FailedError(code, 'oh');
  const again = render.isTriedAgain(error);
  if (owner === 'Kafka Runner') assert.equal(runner.isTriedAgain(error), again, `${code} is the runner's to judge`);
  return again ? 'yes' : 'no';
}

test('docs/failures.md says for each code whether another attempt is made', async () => {
  const errors = await rowsOf('errors.md');
  assert.ok(errors.length > 40);
  const expected = errors.map(([owner, code, outcome]) => [owner, code, another(owner, code, outcome)]);
  assert.deepEqual((await rowsOf('failures.md')).toSorted(), expected.toSorted());
});
