/** A job, as an address names it. */
export interface JobParams {
  Params: { readonly partition: number; readonly offset: number };
}

const place = {
  partition: { type: 'integer', minimum: 0, maximum: 2 ** 31 },
  offset: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
};

export const jobParams = { type: 'object', properties: place } as const;

export const frameParams = {
  type: 'object',
  properties: { ...place, frame: { type: 'integer', minimum: 0, maximum: 2 ** 31 } },
} as const;
