import { type FileStatus, type FileSystem, errorCode, errorText } from '../file-system.ts';

const ownerOnly = 0o700;

/**
 * The data directory cannot be trusted with a record of what the user does. Nothing was touched. The message says what
 * to do about it.
 */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/**
 * Makes sure that a directory is there, is the user's own and is closed to everybody else. Throws a
 * `DataDirectoryError` for what nobody but the user can mend; a system error, with a `code`, where it cannot be made.
 */
export async function preparePrivateDirectory(path: string, files: FileSystem): Promise<void> {
  const status = (await statusOrNull(path, files)) ?? (await made(path, files));
  if (!status.isDirectory) {
    throw new DataDirectoryError(`${path} is not a directory (nor may it be a symbolic link): move it away`);
  }
  const user = process.getuid?.() ?? status.uid;
  if (status.uid !== user) {
    throw new DataDirectoryError(
      `${path} belongs to user ${status.uid}, but tokenpak runs as ${user}: \`chown\` it, or choose another with --home`,
    );
  }
  if ((status.mode & 0o077) !== 0) await files.changeMode(path, ownerOnly);
}

async function statusOrNull(path: string, files: FileSystem): Promise<FileStatus | null> {
  try {
    return await files.statusOf(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw refusal(path, error);
  }
}

async function made(path: string, files: FileSystem): Promise<FileStatus> {
  try {
    await files.makeDirectory(path);
    return await files.statusOf(path);
  } catch (error) {
    throw refusal(path, error);
  }
}

/** A file where a directory should be is the user's to mend; all else may pass by itself. */
function refusal(path: string, error: unknown): unknown {
  if (errorCode(error) !== 'ENOTDIR' && errorCode(error) !== 'EEXIST') return error;
  return new DataDirectoryError(`${path} cannot be a directory: ${errorText(error)}`);
}
