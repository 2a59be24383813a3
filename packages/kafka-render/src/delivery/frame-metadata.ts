import type { ObjectMetadata } from 'kafka-runner';
import { z } from 'zod';
import type { Provenance } from '../report-scene.ts';

/** What the metadata of an object in the output location says about the file. `docs/scenes-and-frames.md` lists it. */
export interface DeliveredFile {
  readonly fingerprint: string;
  readonly frame: number;
  /** All files of the frame, this one included, relative to the output location. */
  readonly files: readonly string[];
  readonly sha256: string;
  readonly bytes: number;
  readonly provenance: Provenance;
}

/** S3 allows about 2 KB for all of an object's metadata. */
const filesLimit = 800;
const textLimit = 60;

/**
 * The metadata that a file of a frame goes up with. A frame of so many files that their names do not fit lacks
 * `frame-files`, and is not found again: then it is rendered again.
 */
export function frameMetadata({ provenance, ...file }: DeliveredFile): ObjectMetadata {
  const { blenderVersion, engine, device, threads, blockedScripts, missingAssets } = provenance;
  const files = JSON.stringify(file.files);
  return {
    'frame-fingerprint': file.fingerprint,
    frame: String(file.frame),
    ...(Buffer.byteLength(files) <= filesLimit && { 'frame-files': files }),
    'file-sha256': file.sha256,
    'file-bytes': String(file.bytes),
    'blender-version': blenderVersion,
    engine,
    'device-requested': device.requested,
    device: device.used,
    ...(device.backend !== null && { 'device-backend': device.backend }),
    ...(device.names.length > 0 && { 'device-name': device.names.join(', ').slice(0, textLimit) }),
    ...(threads !== undefined && { threads: String(threads) }),
    ...(blockedScripts !== null && { 'scripts-blocked': blockedScripts.slice(0, textLimit) }),
    ...(missingAssets !== null && { 'missing-assets': missingAssets.slice(0, textLimit) }),
  };
}

const filesSchema = z.string().transform((text, context) => {
  try {
    return z.array(z.string()).min(1).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'no list of files' });
    return z.NEVER;
  }
});

const metadataSchema = z.object({
  'frame-fingerprint': z.string(),
  frame: z.coerce.number().int(),
  'frame-files': filesSchema,
  'file-sha256': z.string(),
  'file-bytes': z.coerce.number().int(),
  'blender-version': z.string(),
  engine: z.string(),
  'device-requested': z.enum(['GPU', 'CPU']),
  device: z.enum(['GPU', 'CPU', 'DRIVER']),
  'device-backend': z.string().optional(),
  'device-name': z.string().optional(),
  threads: z.coerce.number().int().optional(),
  'scripts-blocked': z.string().optional(),
  'missing-assets': z.string().optional(),
});

/** Reads it back; undefined for an object that is no delivered frame's. */
export function parseFrameMetadata(metadata: ObjectMetadata): DeliveredFile | undefined {
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const name = data['device-name'];
  return {
    fingerprint: data['frame-fingerprint'],
    frame: data.frame,
    files: data['frame-files'],
    sha256: data['file-sha256'],
    bytes: data['file-bytes'],
    provenance: {
      blenderVersion: data['blender-version'],
      engine: data.engine,
      device: {
        requested: data['device-requested'],
        used: data.device,
        backend: data['device-backend'] ?? null,
        names: name === undefined ? [] : [name],
      },
      threads: data.threads,
      blockedScripts: data['scripts-blocked'] ?? null,
      missingAssets: data['missing-assets'] ?? null,
    },
  };
}
