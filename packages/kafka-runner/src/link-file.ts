import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';

/** What file systems and kernels answer that cannot, or may not, link: then a copy does, at the cost of its bytes. */
const CANNOT_LINK = new Set(['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Gives the content of `existing` a second name, by a hard link where possible. */
export async function linkFile(existing: string, file: string): Promise<void> {
  try {
    await link(existing, file);
  } catch (error) {
    if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(existing, file, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
}
