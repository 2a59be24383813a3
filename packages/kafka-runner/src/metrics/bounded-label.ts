/** So many different values of a label at most; each is a time series of its own, for ever. */
const maxValues = 100;

/** Codes and phases are a closed set that authors choose. For one who makes them of what jobs say, all further ones are `other`. */
export function boundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < maxValues) known.add(value);
    return known.has(value) ? value : 'other';
  };
}
