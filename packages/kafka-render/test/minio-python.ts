import type { MinioAddress } from '../../../lab/minio.ts';
import { PythonProcess } from './python-process.ts';

export interface StoredObject {
  readonly content: Buffer;
  readonly contentType: string;
}

/** Python's minio package, as the client at the other end. */
export class MinioPython implements AsyncDisposable {
  readonly #python: PythonProcess;

  constructor({ url, accessKey, secretKey }: Pick<MinioAddress, 'url' | 'accessKey' | 'secretKey'>) {
    this.#python = new PythonProcess('minio_commands.py', [url, accessKey, secretKey]);
  }

  async makeBucket(bucket: string): Promise<void> {
    await this.#python.ask('make_bucket', { bucket });
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return (await this.#python.ask('has_bucket', { bucket })) as boolean;
  }

  async put(bucket: string, key: string, file: string): Promise<void> {
    await this.#python.ask('put', { bucket, key, file });
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
  async addUser(name: string, password: string, policy: object): Promise<void> {
    await this.#python.ask('add_user', { name, password, policy: JSON.stringify(policy) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#python[Symbol.asyncDispose]();
  }
}
