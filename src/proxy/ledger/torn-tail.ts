import { type FileSystem, errorCode, readAt, writeAll } from '../file-system.ts';
import { isWhole } from './line.ts';
import { tornSuffix } from './segments.ts';

/** How much of a file's end is looked at: many times the longest line. */
const tailBytes = 64 * 1024;
const lineFeed = 0x0a;

/**
 * Cuts what a crash left of a line, or of several, off the end of a segment that nobody writes any more, and keeps it
 * beside the segment. Damage that whole lines follow stays where it is. Gives the file's length.
 */
export async function repairTail(path: string, size: number, files: FileSystem): Promise<number> {
  const fd = await files.open(path, 'change');
  try {
    const position = Math.max(0, size - tailBytes);
    const tail = await readAt(files, fd, { position, length: size - position });
    const whole = endOfLastWholeLine(tail);
    if (whole === tail.length || (whole === 0 && position > 0)) return size;
    // Never destroyed, only moved: if it cannot be kept aside, it stays.
    await keepAside(`${path}${tornSuffix}`, tail.subarray(whole), files);
    await files.truncate(fd, position + whole);
    return position + whole;
  } finally {
    await files.close(fd);
  }
}

function endOfLastWholeLine(bytes: Buffer): number {
  for (let end = bytes.lastIndexOf(lineFeed); end !== -1;) {
    const before = end === 0 ? -1 : bytes.lastIndexOf(lineFeed, end - 1);
    if (isWhole(bytes.subarray(before + 1, end))) return end + 1;
    end = before;
  }
  return 0;
}

async function keepAside(path: string, bytes: Buffer, files: FileSystem): Promise<void> {
  let fd: number;
  try {
    fd = await files.create(path);
  } catch (error) {
    // Another process, starting at the same moment, keeps the same bytes.
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  try {
    await writeAll(fd, bytes, files);
    await files.sync(fd);
  } finally {
    await files.close(fd);
  }
}
