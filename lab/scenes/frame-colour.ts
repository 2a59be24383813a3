/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** The one colour of a frame of the scene `counter` and those made from it: its number, in digits to the base 256. */
export function frameColour(frame: number): Colour {
  return [frame & 255, (frame >>> 8) & 255, (frame >>> 16) & 255];
}

/** Which frame a pixel of such a picture shows. */
export function frameOfPixel([red, green, blue]: Colour): number {
  return red + green * 256 + blue * 65_536;
}
