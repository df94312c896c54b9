import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** What is asked of a file's status. */
export interface FileStatus {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly modifiedMs: number;
  /** Device and inode: which file it is, whatever its name. */
  readonly identity: string;
}

/**
 * Every operation on files that ledger and registries make, one method a system call, so that a test can fail or shorten any of
 * them. Failures are Node's own errors with a `code`. No method follows a symbolic link in the last part of a path.
 */
export interface FileSystem {
  /** Opens an existing file for reading, or for cutting its end. */
  readonly open: (path: string, access: 'read' | 'change') => Promise<number>;
  /** Creates a file, 0600 whatever the umask, for appending only; EEXIST if the name is taken. */
  readonly create: (path: string) => Promise<number>;
  /** Gives the number of bytes read: 0 at the end. */
  readonly read: (fd: number, into: Buffer, position: number) => Promise<number>;
  /** Gives the number of bytes written, which may be fewer than asked for. */
  readonly write: (fd: number, bytes: Buffer) => Promise<number>;
  /** The same on the caller's thread: for a few bytes to a disk that is known to be quick. Left out, there is no such way. */
  readonly writeNow?: (fd: number, bytes: Buffer) => number;
  readonly truncate: (fd: number, length: number) => Promise<void>;
  readonly syncData: (fd: number) => Promise<void>;
  readonly sync: (fd: number) => Promise<void>;
  readonly close: (fd: number) => Promise<void>;
  readonly statusOf: (path: string) => Promise<FileStatus>;
  readonly statusOfOpen: (fd: number) => Promise<FileStatus>;
  readonly list: (directory: string) => Promise<string[]>;
  readonly makeDirectory: (path: string) => Promise<void>;
  readonly changeMode: (path: string, mode: number) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = fs.constants;
/** Windows has no such flag. */
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0;

const open = promisify(fs.open);
const read = promisify(fs.read);
const write = promisify(fs.write);
const stat = promisify(fs.lstat);
const statOpen = promisify(fs.fstat);
const changeModeOfOpen = promisify(fs.fchmod);

export const systemFiles: FileSystem = {
  open: (path, access) => open(path, (access === 'read' ? O_RDONLY : O_RDWR) | O_NOFOLLOW),
  async create(path) {
    const fd = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    await changeModeOfOpen(fd, 0o600);
    return fd;
  },
  read: async (fd, into, position) => (await read(fd, into, 0, into.length, position)).bytesRead,
  write: async (fd, bytes) => (await write(fd, bytes, 0, bytes.length, null)).bytesWritten,
  writeNow: (fd, bytes) => fs.writeSync(fd, bytes, 0, bytes.length, null),
  truncate: promisify(fs.ftruncate),
  syncData: promisify(fs.fdatasync),
  sync: promisify(fs.fsync),
  close: promisify(fs.close),
  statusOf: async (path) => statusFrom(await stat(path)),
  statusOfOpen: async (fd) => statusFrom(await statOpen(fd)),
  list: promisify(fs.readdir) as (directory: string) => Promise<string[]>,
  async makeDirectory(path) {
    await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  },
  changeMode: promisify(fs.chmod),
  rename: promisify(fs.rename),
  remove: promisify(fs.unlink),
};

function statusFrom(status: fs.Stats): FileStatus {
  return {
    isFile: status.isFile(),
    isDirectory: status.isDirectory(),
    size: status.size,
    mode: status.mode & 0o777,
    uid: status.uid,
    modifiedMs: status.mtimeMs,
    identity: `${status.dev}:${status.ino}`,
  };
}

/** The `code` of a failed system call, or null. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Writes all the bytes, or throws: a full disk first takes a part, and says why it takes no more only when asked again. */
export async function writeAll(fd: number, bytes: Buffer, files: FileSystem): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const taken = await files.write(fd, done === 0 ? bytes : bytes.subarray(done));
    if (taken === 0) throw new Error(`the disk took ${done} of ${bytes.length} bytes and then no more`);
    done += taken;
  }
}

/** Up to `length` bytes: fewer only at the file's end. */
export async function readAt(
  files: FileSystem,
  fd: number,
  { position, length }: { position: number; length: number },
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const got = await files.read(fd, bytes.subarray(done), position + done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}
