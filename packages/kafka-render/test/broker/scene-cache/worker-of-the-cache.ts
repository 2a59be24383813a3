// A worker of its own process: stages BUCKET KEY from STORAGE_URL into FOLDER within MAX_BYTES, says where, and holds it
// until its standard input ends; then it says whether the file is still whole.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MinioClient } from 'kafka-runner';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { SceneCache } from '../../../src/scene-cache.ts';

const [url = '', folder = '', maxBytes = '', bucket = '', key = ''] = process.argv.slice(2);
const { accessKey, secretKey } = (await sharedLab()).minio;
using storage = new MinioClient({ url, accessKey, secretKey });
await using cache = new SceneCache({ folder, maxBytes: Number(maxBytes), storage });
console.log('ready');
await using scene = await cache.stage({ bucket, key }, new AbortController().signal);
console.log(scene.file);
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
console.log(
  createHash('sha256')
    .update(await readFile(scene.file))
    .digest('hex'),
);
