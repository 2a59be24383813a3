/** What a sandbox is made of; every path is absolute. `bwrapArguments` turns it into arguments for bubblewrap. */
export interface SandboxDescription {
  /** What is there for reading only, in this order. */
  readonly system: readonly SystemPath[];
  /** Device files, such as those of a graphics card. Those that are not there are left out. */
  readonly devices: readonly string[];
  /** What lies within the above and must not be seen. */
  readonly hidden: readonly HiddenPath[];
  /** What belongs to the command itself. */
  readonly places: readonly Place[];
  /** A folder of the command's own that it finds as `/tmp`. */
  readonly tmp: string;
  /** The folder that the command begins in. */
  readonly workingFolder: string;
}

/** A file or folder under its own name, or a symbolic link as it is outside. */
export type SystemPath = { readonly path: string; readonly linksTo?: string };

export type HiddenPath = { readonly path: string; readonly kind: 'file' | 'folder' };

/** A file or folder, and under which name the command finds it. */
interface Place {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

/** Shared memory that programs make for themselves. */
const sharedMemoryBytes = 256 * 1_024 ** 2;

/**
 * No network, no process beside its own, no rights beyond those of the user, nothing to write to but `/tmp` and what
 * `places` say. `/proc` is read-only too: to root, even without any capability, the kernel's settings are files like others.
 */
export function bwrapArguments(description: SandboxDescription): string[] {
  const { system, devices, hidden, places, tmp, workingFolder } = description;
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--disable-userns', '--cap-drop', 'ALL', '--die-with-parent'],
    // First: what is readable may lie in `/tmp`, such as a program that somebody tries out.
    ...['--bind', tmp, '/tmp'],
    ...system.flatMap(systemArguments),
    ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev'],
    ...devices.flatMap((path) => ['--dev-bind-try', path, path]),
    ...['--size', String(sharedMemoryBytes), '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    ...hidden.flatMap(({ path, kind }) => (kind === 'folder' ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path])),
    ...places.flatMap(({ source, target, writable }) => [writable ? '--bind' : '--ro-bind', source, target]),
    ...['--remount-ro', '/', '--chdir', workingFolder, '--'],
  ];
}

function systemArguments({ path, linksTo }: SystemPath): string[] {
  return linksTo === undefined ? ['--ro-bind-try', path, path] : ['--symlink', linksTo, path];
}
