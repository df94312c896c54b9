import { type Stats, unwatchFile, watchFile } from 'node:fs';

const pollMs = 1000;

export interface ConfigWatchEvents {
  /** It has other content, or is another file under the same name. */
  readonly changed: () => void;
  /** It is not there any more. */
  readonly gone: () => void;
}

/**
 * Looks after a file once a second. By polling, since the events of file systems are lost over network mounts, and tell
 * of a file that an editor has put in another's place in a dozen ways. @returns what ends it
 */
export function watchConfig(file: string, { changed, gone }: ConfigWatchEvents): () => void {
  const look = (now: Stats, before: Stats): void => {
    if (now.ino === before.ino && now.mtimeMs === before.mtimeMs && now.size === before.size) return;
    if (now.nlink === 0) gone();
    else changed();
  };
  watchFile(file, { interval: pollMs, persistent: false }, look);
  return () => unwatchFile(file, look);
}
