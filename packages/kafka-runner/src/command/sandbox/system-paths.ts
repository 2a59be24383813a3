import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { HiddenPath, SystemPath } from './bwrap-arguments.ts';

/** Programs and libraries, and of `/etc` what they look into: neither accounts nor anything with a secret. */
const ofEverySystem = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store'],
  ...[
    'ld.so.cache',
    'ld.so.conf',
    'ld.so.conf.d',
    'alternatives',
    'fonts',
    'localtime',
    'timezone',
    'nsswitch.conf',
    'mtab',
  ],
  ...['OpenCL', 'vulkan', 'glvnd', 'egl', 'drirc'],
].map((name) => path.resolve('/etc', name));

/** How many processors and how much memory near them; what graphics drivers ask about devices. */
const ofDevices = ['/sys/block', '/sys/bus', '/sys/class', '/sys/dev', '/sys/devices'];

/**
 * What a command may read: the system and `more`, as far as they are there. A symbolic link is one inside, too; what it leads
 * to has to be named itself, or lie within something that is.
 */
export function systemPaths(more: readonly string[], withDevices: boolean): SystemPath[] {
  const devices = withDevices ? ofDevices : ['/sys/devices/system'];
  const paths = [...ofEverySystem, ...devices, ...more.map((name) => path.resolve(name))].flatMap(lookAt);
  const folders = paths.filter(({ linksTo }) => linksTo === undefined).map((each) => each.path);
  return paths.filter((each) => !folders.some((top) => top !== each.path && isWithin(top, each.path)));
}

function lookAt(name: string): SystemPath[] {
  const stats = lstatSync(name, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return [stats.isSymbolicLink() ? { path: name, linksTo: readlinkSync(name) } : { path: name }];
}

/** Of paths that must not be seen those that are there and would be seen, under the names by which that would be. */
export function seenOf(hidden: readonly string[], system: readonly SystemPath[]): HiddenPath[] {
  const shown = system.flatMap(({ path: name, linksTo }) =>
    linksTo === undefined ? [{ name, real: realpathSync(name) }] : [],
  );
  return hidden.flatMap((given): HiddenPath[] => {
    const stats = statSync(given, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    const kind = stats.isDirectory() ? 'folder' : 'file';
    const real = realpathSync(given);
    return shown.flatMap(({ name, real: top }) =>
      isWithin(top, real) ? [{ path: path.join(name, path.relative(top, real)), kind }] : [],
    );
  });
}

function isWithin(top: string, name: string): boolean {
  return name === top || name.startsWith(path.join(top, '/'));
}
