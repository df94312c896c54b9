import { randomBytes } from 'node:crypto';

/**
 * Makes ids `tp_` + milliseconds, a counter and random letters that stand for this run, all in base 36: they sort by
 * time, and two proxies never make the same.
 */
export function requestIds(wall: () => number): () => string {
  const run = randomBytes(4).readUInt32BE().toString(36).padStart(7, '0');
  let counter = 0;
  return () => {
    counter = (counter + 1) % 46_656;
    return `tp_${wall().toString(36)}${counter.toString(36).padStart(3, '0')}${run}`;
  };
}
