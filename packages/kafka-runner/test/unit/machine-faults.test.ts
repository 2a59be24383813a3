import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, UnavailableError } from '../../src/errors.ts';
import { MachineFaults } from '../../src/machine-faults.ts';

const exhausted = (): UnavailableError => new UnavailableError('machine-exhausted', 'no licence');

function toldOf(act: (faults: MachineFaults) => void) {
  const [messages, codes] = [[] as string[], [] as string[]];
  act(
    new MachineFaults(
      3,
      ({ message }) => messages.push(message),
      (code) => codes.push(code),
    ),
  );
  return { messages, codes };
}

/** How often three in a row were told of. */
function told(act: (faults: MachineFaults) => void): string[] {
  return toldOf(act).messages;
}

test('so many in a row, told once', () => {
  const messages = told((faults) => {
    for (let i = 0; i < 5; i += 1) faults.failed(i === 1 ? new UnavailableError('local-file-failed', '') : exhausted());
  });
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /^3 attempts in a row .*: no licence\. The worker stops/);
});

test('a command that was run begins the row anew', () => {
  const messages = told((faults) => {
    for (let i = 0; i < 10; i += 1) {
      faults.failed(exhausted());
      if (i % 2 === 1) faults.worked();
    }
  });
  assert.deepEqual(messages, []);
});

test('one fault that meets many jobs is one, and what is no fault of the machine is none', () => {
  const one = exhausted();
  const others = ['storage-unreachable', 'disk-full'].map((code) => new UnavailableError(code, ''));
  const messages = told((faults) => {
    for (const error of [one, one, one, new FailedError('machine-exhausted', ''), new Error('bug')])
      faults.failed(error);
    for (let i = 0; i < 5; i += 1) for (const error of others) faults.failed(new UnavailableError(error.code, ''));
    faults.failed(exhausted());
  });
  assert.deepEqual(messages, []);
});

test('each is told to who counts, one that meets many jobs once', () => {
  const one = exhausted();
  const { codes } = toldOf((faults) => {
    for (const error of [one, one, new Error('bug'), new UnavailableError('local-file-failed', '')])
      faults.failed(error);
  });
  assert.deepEqual(codes, ['machine-exhausted', 'local-file-failed']);
});
