import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandPlaces, NoPlaceError } from '../../../src/command/command-places.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many at a time, the others in the order of coming', async () => {
  const places = new CommandPlaces(2);
  const entered: number[] = [];
  const waiting = [1, 2, 3, 4].map(async (name) => {
    const place = await places.enter(never);
    entered.push(name);
    return place;
  });
  await turn();
  assert.deepEqual(entered, [1, 2]);
  (await waiting[1])?.[Symbol.dispose]();
  await turn();
  assert.deepEqual(entered, [1, 2, 3]);
  (await waiting[0])?.[Symbol.dispose]();
  await turn();
  assert.deepEqual(entered, [1, 2, 3, 4]);
});

test('who gives up waiting hears the reason, and takes no place', async () => {
  const places = new CommandPlaces(1);
  const first = await places.enter(never);
  const [stop, reason] = [new AbortController(), new Error('revoked')];
  const [second, third] = [places.enter(stop.signal), places.enter(never)];
  stop.abort(reason);
  await assert.rejects(second, reason);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
});

test('closed: nobody enters any more, who has a place keeps it', async () => {
  const places = new CommandPlaces(1);
  using _first = await places.enter(never);
  const second = places.enter(never);
  const reason = new NoPlaceError('shutdown', 'the worker stops');
  places.close(reason);
  await assert.rejects(second, reason);
  await assert.rejects(places.enter(never), reason);
});

test('a place has a number: the lowest that is free', async () => {
  const places = new CommandPlaces(3);
  const taken = await Promise.all([places.enter(never), places.enter(never), places.enter(never)]);
  assert.deepEqual(
    taken.map(({ number }) => number),
    [0, 1, 2],
  );
  const waiting = places.enter(never);
  taken[1][Symbol.dispose]();
  assert.equal((await waiting).number, 1);
  taken[2][Symbol.dispose]();
  taken[0][Symbol.dispose]();
  assert.equal((await places.enter(never)).number, 0);
});
