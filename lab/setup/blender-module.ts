import { pythonEnvironment } from './python-environment.ts';

/** Blender 5.0.1 as a module: a second generation of Blender, for `npm run test:blenders` only. */
export const blenderModule = pythonEnvironment({
  name: 'Blender as a module',
  environment: 'bpy',
  packages: ['bpy'],
  announcement: 'making a Python environment with Blender as its module bpy (1 GB)',
  // The only one that this bpy is made for.
  interpreter: 'python3.11',
  proof: 'import bpy, os; os._exit(0)',
});
