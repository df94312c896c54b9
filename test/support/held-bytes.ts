import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of this process's buffers that somebody still holds. What has just been let go may still count for a moment. */
export function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** Bytes of this process's objects that somebody still holds. */
export function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
