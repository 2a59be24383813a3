import { JobError, RejectedError } from '../errors.ts';
import { localFileError } from './local-file-error.ts';
import {
  AccessDeniedError,
  describeTarget,
  NoSuchBucketError,
  NoSuchKeyError,
  type StorageTarget,
  StorageUnavailableError,
} from './storage-errors.ts';

/** The fields of an SDK, network or file error that tell what happened; all optional since anything can be thrown. */
interface Fault {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const BAD_CREDENTIALS = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'InvalidSecurity',
  'RequestTimeTooSkewed',
]);

const BAD_NAME = new Set([
  'InvalidBucketName',
  'InvalidURI',
  'KeyTooLongError',
  'XMinioInvalidObjectName',
  'XMinioInvalidResourceName',
]);

/**
 * What says that no answer came through: the network's codes, the SDK's names, and what Node's HTTP client and streams
 * say of an answer that breaks off. `EPROTO` is what TLS says to a server without it.
 */
const NO_ANSWER = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EPROTO', 'ETIMEDOUT', 'ESOCKETTIMEDOUT'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'],
  ...['TimeoutError', 'NetworkingError', 'ERR_STREAM_PREMATURE_CLOSE'],
]);

/** A server whose certificate does not hold, for the operator to mend; and an answer that is no HTTP. */
const BAD_CONNECTION = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|HPE_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/;

/**
 * Runs one call to the object store. When it fails because `signal` was aborted, the signal's reason is thrown
 * unchanged; anything else becomes a typed error that names `target`.
 */
export async function storageCall<T>(
  target: StorageTarget,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await call();
  } catch (error) {
    signal?.throwIfAborted();
    throw storageError(error, target);
  }
}

/** The typed error for something that the SDK, the network or the local disk threw. */
export function storageError(error: unknown, target: StorageTarget): Error {
  if (error instanceof JobError) return error;
  const fault: Fault = error instanceof Error ? error : { message: String(error) };
  const status = statusOf(error);
  if (status === undefined) {
    return localFileError(error, describeTarget(target)) ?? errorWithoutAnswer(fault, target, error);
  }
  // An answer that began well and cannot be read to its end.
  if (status < 400) return unreachable(fault, target, error);
  return serverError(fault, status, target, error);
}

/** What is no trouble of the network comes from the SDK, which will not send such a request the next time either. */
function errorWithoutAnswer(fault: Fault, target: StorageTarget, cause: unknown): Error {
  const { name = '', code = '' } = fault;
  if (NO_ANSWER.has(code) || NO_ANSWER.has(name) || BAD_CONNECTION.test(code)) return unreachable(fault, target, cause);
  const what = `The request for ${describeTarget(target)} cannot be sent: ${said(fault)}`;
  return new RejectedError('storage-refused', `${what}.`, { cause });
}

/** The HTTP status that an SDK error carries; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as Fault).$metadata?.httpStatusCode : undefined;
}

/** Whether the server did not accept the access key or the signature, as opposed to forbidding one thing. */
export function isCredentialsRefused(error: unknown): boolean {
  return error instanceof Error && BAD_CREDENTIALS.has(error.name);
}

function serverError(fault: Fault, status: number, target: StorageTarget, cause: unknown): Error {
  const name = fault.name ?? '';
  if (name === 'NoSuchBucket') return new NoSuchBucketError(target, { cause });
  if (name === 'NoSuchKey') return new NoSuchKeyError(target, { cause });
  if (BAD_CREDENTIALS.has(name)) return credentialsRefused(fault, target, cause);
  if (BAD_NAME.has(name)) return refused('bad-object-path', fault, target, cause);
  // 408 and 429 are what an overloaded server or proxy says; 501 means that it will never do it.
  if (status === 408 || status === 429 || (status >= 500 && status !== 501)) return unreachable(fault, target, cause);
  if (status === 401 || status === 403) return new AccessDeniedError(target, { cause });
  return refused('storage-refused', fault, target, cause);
}

function unreachable(fault: Fault, target: StorageTarget, cause: unknown): StorageUnavailableError {
  const what = `The object store does not serve ${describeTarget(target)}: ${said(fault)}`;
  return new StorageUnavailableError('storage-unreachable', `${what}. Check that it runs and can be reached.`, {
    cause,
  });
}

function credentialsRefused(fault: Fault, target: StorageTarget, cause: unknown): StorageUnavailableError {
  const what = `The object store at ${target.url} refuses the credentials: ${said(fault)}`;
  const advice = 'Check the access key and secret key in the credentials file, and the clock of this machine';
  return new StorageUnavailableError('storage-credentials-refused', `${what}. ${advice}.`, { cause });
}

function refused(code: string, fault: Fault, target: StorageTarget, cause: unknown): RejectedError {
  return new RejectedError(code, `The object store refuses ${describeTarget(target)}: ${said(fault)}.`, { cause });
}

function said(fault: Fault): string {
  const name = fault.name === undefined || fault.name === 'Error' ? (fault.code ?? 'Error') : fault.name;
  return `${name}, ${(fault.message ?? '').replace(/\.$/, '')}`;
}
