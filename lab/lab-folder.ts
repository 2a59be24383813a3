import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, ownIdentity } from './process-identity.ts';

const prefix = 'kafka-render-lab-';
/** The owner's identity is part of the name, so that there is no moment at which a folder has no owner. */
const folderName = new RegExp(`^${prefix}(?<pid>\\d+)-(?<startTime>\\d+)-\\w+$`);

/** Makes a folder for a lab of this process, readable by this user only. */
export function makeLabFolder(): string {
  return mkdtempSync(join(tmpdir(), `${prefix}${ownIdentity()}-`));
}

/** Ends what is left of labs whose owner is gone, when not even their guardian could do it. */
export function endLeftoverLabs(): void {
  for (const name of readdirSync(tmpdir())) {
    const { pid, startTime } = folderName.exec(name)?.groups ?? {};
    if (pid === undefined || isAlive(Number(pid), startTime)) continue;
    execFileSync('sh', [join(import.meta.dirname, 'end-lab.sh'), join(tmpdir(), name)], { stdio: 'inherit' });
  }
}
