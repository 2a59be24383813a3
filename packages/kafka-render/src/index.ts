export { KafkaRender } from './kafka-render.ts';
export type { RenderParts } from './kafka-render.ts';
