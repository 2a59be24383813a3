import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { processStart } from './worker-identity.ts';

/** The kernel's own number of the namespace that a machine boots with (`PROC_PID_INIT_INO`); containers have others. */
const initialNamespace = '4026531836';

const ownedName = /^(?<host>.+)-(?<boot>[0-9a-f]+)-(?<namespace>\d+)-(?<pid>\d+)-(?<start>\d+)-\w+$/;

/** Within one boot of one machine and one pid namespace, a process id and a start time name one process. */
interface ProcessSpace {
  readonly host: string;
  readonly boot: string;
  readonly namespace: string;
}

async function ownSpace(): Promise<ProcessSpace> {
  // A sandbox may show neither file: then what shares the host's name counts as one space.
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '0');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '0');
  return { host: hostname(), boot: boot.slice(0, 8), namespace: namespace.replaceAll(/\D/g, '') };
}

/** Begins the name of a folder of this process, which random letters end: `HOST-BOOT-NAMESPACE-PID-START-`. */
export async function ownedPrefix(): Promise<string> {
  const { host, boot, namespace } = await ownSpace();
  return `${host}-${boot}-${namespace}-${process.pid}-${processStart(process.pid)}-`;
}

/**
 * Tells, for a folder's name, whether the process that made it is gone for certain. Judged are only folders of the
 * same host and pid namespace: of this boot by whether the process still runs; of another boot only outside of
 * containers, as containers of several machines may have the same host name. All others are somebody else's.
 */
export async function leftoverTest(): Promise<(name: string) => boolean> {
  const own = await ownSpace();
  return (name) => {
    const { host, boot, namespace, pid, start } = ownedName.exec(name)?.groups ?? {};
    if (host !== own.host || namespace !== own.namespace) return false;
    return boot === own.boot ? processStart(Number(pid)) !== start : namespace === initialNamespace;
  };
}
