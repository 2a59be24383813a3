import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, JobError, UnavailableError } from '../../../src/errors.ts';
import { storageCall, storageError } from '../../../src/storage/storage-fault.ts';

const TARGET = { url: 'http://127.0.0.1:9000', bucket: 'scenes', key: 'a b.blend' };

/** What the SDK throws for an answer of the server. */
function answer(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('as the server says'), { name, $metadata: { httpStatusCode } });
}

/** What the network or the file system throws. */
function fault(code: string): Error {
  return Object.assign(new Error(`${code}: it went wrong`), { code });
}

const CASES: [cause: unknown, className: string, code: string][] = [
  [answer('NoSuchBucket', 404), 'NoSuchBucketError', 'no-such-bucket'],
  [answer('NoSuchKey', 404), 'NoSuchKeyError', 'no-such-key'],
  [answer('AccessDenied', 403), 'AccessDeniedError', 'access-denied'],
  [answer('Unknown', 403), 'AccessDeniedError', 'access-denied'],
  [answer('AccountProblem', 401), 'AccessDeniedError', 'access-denied'],
  [answer('InvalidAccessKeyId', 403), 'StorageUnavailableError', 'storage-credentials-refused'],
  [answer('SignatureDoesNotMatch', 403), 'StorageUnavailableError', 'storage-credentials-refused'],
  [answer('ExpiredToken', 400), 'StorageUnavailableError', 'storage-credentials-refused'],
  [answer('RequestTimeTooSkewed', 403), 'StorageUnavailableError', 'storage-credentials-refused'],
  [answer('InvalidBucketName', 400), 'RejectedError', 'bad-object-path'],
  [answer('XMinioInvalidObjectName', 400), 'RejectedError', 'bad-object-path'],
  [answer('KeyTooLongError', 400), 'RejectedError', 'bad-object-path'],
  [answer('EntityTooLarge', 400), 'RejectedError', 'storage-refused'],
  [answer('NotImplemented', 501), 'RejectedError', 'storage-refused'],
  [answer('InternalError', 500), 'StorageUnavailableError', 'storage-unreachable'],
  [answer('SlowDown', 503), 'StorageUnavailableError', 'storage-unreachable'],
  [answer('XMinioStorageFull', 507), 'StorageUnavailableError', 'storage-unreachable'],
  [answer('TooManyRequests', 429), 'StorageUnavailableError', 'storage-unreachable'],
  [answer('RequestTimeout', 408), 'StorageUnavailableError', 'storage-unreachable'],
  [answer('SyntaxError', 200), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('ECONNREFUSED'), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('ENOTFOUND'), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('ECONNRESET'), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('EPIPE'), 'StorageUnavailableError', 'storage-unreachable'],
  [Object.assign(new Error('slow'), { name: 'TimeoutError' }), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('CERT_HAS_EXPIRED'), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('HPE_INVALID_CONSTANT'), 'StorageUnavailableError', 'storage-unreachable'],
  [fault('ERR_STREAM_PREMATURE_CLOSE'), 'StorageUnavailableError', 'storage-unreachable'],
  [new Error('No value provided for input HTTP label: Key.'), 'RejectedError', 'storage-refused'],
  ['just a text', 'RejectedError', 'storage-refused'],
  [fault('ENOSPC'), 'UnavailableError', 'disk-full'],
  [fault('EDQUOT'), 'UnavailableError', 'disk-full'],
  [fault('EACCES'), 'UnavailableError', 'local-file-failed'],
  [fault('EIO'), 'UnavailableError', 'local-file-failed'],
  [fault('EMFILE'), 'UnavailableError', 'local-file-failed'],
  ...['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG'].map((code): [unknown, string, string] => [
    fault(code),
    'FailedError',
    'local-file-unreadable',
  ]),
];

for (const [cause, className, code] of CASES) {
  const name = cause instanceof Error ? `${cause.name} ${cause.message}` : String(cause);
  test(`${name} is ${className} ${code}`, () => {
    const error = storageError(cause, TARGET);
    assert.ok(error instanceof JobError);
    assert.equal(error.name, className);
    assert.equal(error.code, code);
    const kind = error instanceof FailedError ? 'failed' : 'rejected';
    assert.equal(error.outcome, error instanceof UnavailableError ? 'unavailable' : kind);
    assert.equal(error.cause, cause);
    assert.match(
      error.message,
      code === 'no-such-bucket' ? /"scenes"/ : code.startsWith('storage-cred') ? /9000/ : /"scenes\/a b\.blend"/,
    );
  });
}

test('an error that is typed already passes unchanged', () => {
  const error = new FailedError('local-file-unreadable', 'x');
  assert.equal(storageError(error, TARGET), error);
});

test('an aborted signal speaks before anything else', async () => {
  const reason = new Error('shutdown');
  const controller = new AbortController();
  const call = storageCall(TARGET, controller.signal, async () => {
    controller.abort(reason);
    throw answer('NoSuchKey', 404);
  });
  await assert.rejects(call, (error) => error === reason);
  let called = false;
  await assert.rejects(
    storageCall(TARGET, controller.signal, async () => (called = true)),
    (error) => error === reason,
  );
  assert.equal(called, false);
});
