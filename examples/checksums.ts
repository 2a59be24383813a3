// Answers {"bucket": "models", "key": "cube.blend"} with the SHA-256 checksum of that object:
//     bin/node examples/checksums.ts sums.job sums.out 127.0.0.1:9092
import { KafkaRunner, MinioClient, readMinioCredentials } from 'kafka-runner';
import type { Job, Message } from 'kafka-runner';

const storage = new MinioClient(await readMinioCredentials('../credentials/minio_credentials.json'));

type Request = { bucket: string; key: string };

class Checksums extends KafkaRunner<Request> {
  override async msgToCommand({ value }: Message<Request>, job: Job) {
    await storage.downloadFile(value.bucket, value.key, `${job.folder}/object`, { signal: job.signal });
    return ['sha256sum', `${job.folder}/object`];
  }

  override makeResponse({ value }: Message<Request>, elapsedSeconds: number, job: Job) {
    return { ...value, sha256: job.output.text().slice(0, 64), elapsedSeconds };
  }
}

const [inTopic = '', outTopic, ...bootstrapServers] = process.argv.slice(2);
await new Checksums({ inTopic, outTopic, bootstrapServers, groupId: 'checksums' }).startListening();
