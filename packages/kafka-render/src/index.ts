export { KafkaRender } from './kafka-render.ts';
export type { RenderParts } from './kafka-render.ts';
export {
  connectionOptions,
  connectionSettings,
  errorTopicOption,
  respell,
  warnOfOpenFiles,
} from './connection-options.ts';
export { frameOfKey, keyWindows } from './delivery/frame-keys.ts';
export { frameRange } from './frames/frame-range.ts';
export type { FrameRange } from './frames/frame-range.ts';
export { retryJob } from './renderctl/retry/retry-job.ts';
export type { Retried } from './renderctl/retry/retry-job.ts';
