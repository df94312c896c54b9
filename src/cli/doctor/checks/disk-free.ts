import { statfs } from 'node:fs/promises';
import { bytes } from '../../../tui/format.ts';
import type { Check, Finding } from '../check.ts';
import { fail, ok, skip, warn } from '../finding.ts';
import { nearestDirectory } from '../places.ts';

const scarceBytes = 1_000_000_000;
const fullBytes = 50_000_000;

/** Whether there is room on the disk that takes the ledger. */
export const diskFree: Check = {
  id: 'disk.free',
  group: 'install',
  run: ({ paths }) => findRoom(paths.dataDir, statfs),
};

type Statfs = (
  directory: string,
) => Promise<{ readonly bsize: number; readonly bavail: number; readonly blocks: number }>;

export async function findRoom(dataDir: string, ask: Statfs): Promise<Finding> {
  const directory = nearestDirectory(dataDir);
  const { bsize, bavail, blocks } = await ask(directory);
  if (blocks === 0) return skip(`the file system of ${directory} tells no size`);
  const freeBytes = bsize * bavail;
  if (freeBytes >= scarceBytes) return ok(`${bytes(freeBytes)} free`);
  const summary = `only ${bytes(freeBytes)} free on the disk of ${directory}`;
  const commands = [`df -h '${directory.replaceAll("'", String.raw`'\''`)}'`];
  return freeBytes < fullBytes
    ? fail(summary, 'When nothing more fits, requests go on, but what they cost is recorded nowhere.', commands)
    : warn(summary, 'Once it is full, what requests cost is recorded nowhere.', commands);
}
