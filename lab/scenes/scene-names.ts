/** What `make_scene.py` makes in Blender, with what is special about each. */
export const blenderScenes = {
  tiny: 'Cycles, 64 x 64, 8 samples',
  wide: 'tiny, 640 x 360',
  'wide-1-s': 'wide, with samples for about a second on two cores',
  'wide-20-s': 'wide, with samples for about 20 seconds on two cores',
  counter: 'its colour tells the number of the frame: see frame-colour.ts',
  'slow-counter': 'counter, with about a tenth of a second for a frame',
  'cloth-counter': 'counter, with a cloth that simulates behind the camera',
  eevee: 'EEVEE, 64 x 64',
  big: 'about 50 MB of random coordinates',
  slow: 'Cycles, hours for a frame: something to cancel',
  'textured-linked': 'a texture and a library in folders beside it',
  'missing-texture': 'its texture is gone',
  'image-strip': 'counter, but its sequencer shows a picture that lies beside it',
  'missing-strip': 'counter, but its sequencer shows a picture that is gone',
  'last-picture': 'counter, but its world is the picture rendered before',
  'persistent-data': 'tiny, and Cycles keeps its data between pictures',
  'no-camera': 'nothing to render',
  'render-error': 'Blender finds out while rendering that it cannot',
  scripts: 'a script to be run on opening, and a driver in Python',
  'script-driver': 'counter, right only if its text block and its driver in Python are run',
  'script-handler': 'counter, right only if the handler of its text block is run, and it removes itself',
  'freestyle-script': 'a line style in Python, which Blender runs even with scripts switched off',
  movie: 'a movie as output format',
  'too-large': '65536 x 65536',
  jpeg: 'counter, as JPEG',
  'png-16': 'counter, as PNG of 16 bits with alpha',
  tiff: 'counter, as TIFF',
  webp: 'counter, as lossless WebP',
  exr: 'counter, as OpenEXR',
  'exr-multilayer': 'counter, as OpenEXR with layers',
  'file-output-node': 'counter, and two nodes that would write outside of the output folder',
  stereo: 'counter, one file for each eye',
  'side-by-side': 'counter, both eyes in one file of twice the width',
  awkward: 'counter, with every setting that would lead frames astray',
  cropped: 'counter, only a part of the picture',
  'half-size': 'counter, 101 x 51 at 50 %',
} as const;

/** What is made from the bytes of another scene, or of nothing. */
export const byteScenes = {
  'not-a-blend': 'text',
  'empty-file': 'no bytes',
  truncated: 'the first half of tiny',
  'script-error': 'tiny with a name that is not UTF-8: reading it raises a Python error inside Blender',
  'newer-blend': 'tiny, saved by Blender 9.99 if its header is believed',
} as const;

export type BlenderScene = keyof typeof blenderScenes;
export type ByteScene = keyof typeof byteScenes;
export type SceneName = BlenderScene | ByteScene;

export const sceneNames = Object.keys({ ...blenderScenes, ...byteScenes }) as readonly SceneName[];
