// Answers {"bucket": "models", "key": "cube.blend"} with the SHA-256 checksum of that object:
//     bin/node examples/checksums.ts sums.job sums.out 127.0.0.1:9092     (beside a minio_credentials.json)
import { KafkaRunner, MinioClient, readMinioCredentials, runProgram } from 'kafka-runner';
import type { Job, KafkaRunnerOptions, Message } from 'kafka-runner';

type Request = { bucket: string; key: string };

class Checksums extends KafkaRunner<Request> {
  readonly #storage: MinioClient;

  constructor(options: KafkaRunnerOptions, storage: MinioClient) {
    super(options);
    this.#storage = storage;
  }

  override async msgToCommand({ value }: Message<Request>, job: Job) {
    await this.#storage.downloadFile(value.bucket, value.key, `${job.folder}/object`, { signal: job.signal });
    return ['sha256sum', `${job.folder}/object`];
  }

  override makeResponse({ value }: Message<Request>, elapsedSeconds: number, job: Job) {
    return { ...value, sha256: job.output.text().slice(0, 64), elapsedSeconds };
  }
}

await runProgram('checksums', async () => {
  const [inTopic = '', outTopic, ...bootstrapServers] = process.argv.slice(2);
  const storage = new MinioClient(await readMinioCredentials('minio_credentials.json'));
  await new Checksums({ inTopic, outTopic, bootstrapServers, groupId: 'checksums' }, storage).startListening();
});
