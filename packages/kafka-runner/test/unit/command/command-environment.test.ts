import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandEnvironment } from '../../../src/command/command-environment.ts';

const secrets = {
  AWS_SECRET_ACCESS_KEY: '1',
  KAFKA_RENDER_SASL_USERNAME: '1',
  KAFKA_RENDER_CREDENTIALS: '1',
  GITHUB_TOKEN: '1',
  HTTPS_PROXY: 'http://user:password@proxy',
  NODE_OPTIONS: '1',
  PATHOLOGY: '1',
};

test('a command sees the usual variables, and no others', () => {
  const usual = { PATH: '/bin', HOME: '/root', LANG: 'C', LC_ALL: 'C', TZ: 'UTC', LD_LIBRARY_PATH: '/lib' };
  assert.deepEqual(commandEnvironment({ ...usual, ...secrets }, []), usual);
});

test('names, and beginnings of names, are added', () => {
  const wanted = { CUDA_VISIBLE_DEVICES: '0', OCIO: '/ocio' };
  const near = { OCIO2: '1', NOT_CUDA_VISIBLE: '1' };
  assert.deepEqual(commandEnvironment({ ...wanted, ...near, ...secrets }, ['CUDA_*', 'OCIO']), wanted);
});
