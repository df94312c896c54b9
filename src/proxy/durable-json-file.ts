import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';
import { type FileSystem, errorCode, readAt, writeAll } from './file-system.ts';

const maxBytes = 64 * 1024 * 1024;

export interface DurableJsonFileOptions<Data> {
  readonly path: string;
  /** Where the next content is prepared: in the same directory. */
  readonly temporaryPath: string;
  readonly files: FileSystem;
  readonly render: (data: Data) => string;
}

/**
 * A JSON file for lowdb that is at every moment either as it was or as it shall be, and the user's alone. lowdb's own
 * adapter neither syncs nor sets a mode. Reading throws where the file is damaged or beyond 64 MiB.
 */
export function durableJsonFile<Data>({
  path,
  temporaryPath,
  files,
  render,
}: DurableJsonFileOptions<Data>): Adapter<Data> {
  return {
    async read() {
      const fd = await files.open(path, 'read').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return null;
        throw error;
      });
      if (fd === null) return null;
      try {
        const { size } = await files.statusOfOpen(fd);
        if (size > maxBytes) throw new Error(`${size} bytes are more than it ever has`);
        return JSON.parse((await readAt(files, fd, { position: 0, length: size })).toString()) as Data;
      } finally {
        await files.close(fd);
      }
    },
    async write(data) {
      await files.remove(temporaryPath).catch(() => {});
      const fd = await files.create(temporaryPath);
      try {
        await writeAll(fd, Buffer.from(render(data)), files);
        await files.sync(fd);
      } finally {
        await files.close(fd);
      }
      await files.rename(temporaryPath, path);
      await syncDirectory(dirname(path), files);
    },
  };
}

/** Makes a renaming last. Some systems cannot, and need not. */
async function syncDirectory(path: string, files: FileSystem): Promise<void> {
  try {
    const fd = await files.open(path, 'read');
    await files.sync(fd).finally(() => files.close(fd));
  } catch {
    // The file itself is safe: after a power cut it may be the older of the two.
  }
}
