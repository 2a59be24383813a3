import type { MinioAddress } from '../../../lab/minio.ts';
import { PythonProcess } from './python-process.ts';

export interface StoredObject {
  readonly content: Buffer;
  readonly contentType: string;
}

/** What HEAD tells of an object. */
export interface ObjectStat {
  readonly size: number;
  readonly etag: string;
  /** UNIX time, seconds. */
  readonly modified: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What somebody may do, and with what: `['s3:GetObject', 'bucket/folder/*']`. */
type Right = readonly [action: string, resource: string];

/** Python's minio package, as the client at the other end. */
export class MinioPython implements AsyncDisposable {
  readonly #python: PythonProcess;

  constructor({ url, accessKey, secretKey, caFile }: Omit<MinioAddress, 'credentialsFile'>) {
    const env = caFile === undefined ? {} : { SSL_CERT_FILE: caFile };
    this.#python = new PythonProcess('minio_commands.py', [url, accessKey, secretKey], { env });
  }

  async makeBucket(bucket: string): Promise<void> {
    await this.#python.ask('make_bucket', { bucket });
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return (await this.#python.ask('has_bucket', { bucket })) as boolean;
  }

  async put(bucket: string, key: string, file: string, metadata?: Readonly<Record<string, string>>): Promise<void> {
    await this.#python.ask('put', { bucket, key, file, ...(metadata && { metadata }) });
  }

  /** Small objects of nobody's. */
  async putMany(bucket: string, keys: readonly string[]): Promise<void> {
    await this.#python.ask('put_many', { bucket, keys });
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.#python.ask('remove', { bucket, key });
  }

  async stat(bucket: string, key: string): Promise<ObjectStat> {
    return (await this.#python.ask('stat', { bucket, key })) as ObjectStat;
  }

  /** All keys below a prefix, in the server's order. */
  async keys(bucket: string, prefix = ''): Promise<string[]> {
    return (await this.#python.ask('keys', { bucket, prefix })) as string[];
  }

  async get(bucket: string, key: string): Promise<StoredObject> {
    const { content, contentType } = (await this.#python.ask('get', { bucket, key })) as Record<string, string>;
    return { content: Buffer.from(content ?? '', 'base64'), contentType: contentType ?? '' };
  }

  /** Adds a user who may do what the policy (as S3 writes them) says. */
  async addUser(name: string, password: string, rights: readonly Right[]): Promise<void> {
    const Statement = rights.map(([action, resource]) => ({
      Effect: 'Allow',
      Action: [action],
      Resource: [`arn:aws:s3:::${resource}`],
    }));
    await this.addUserWith(name, password, { Version: '2012-10-17', Statement });
  }

  async addUserWith(name: string, password: string, policy: object): Promise<void> {
    await this.#python.ask('add_user', { name, password, policy: JSON.stringify(policy) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#python[Symbol.asyncDispose]();
  }
}
