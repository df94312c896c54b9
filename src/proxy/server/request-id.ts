import { randomBytes } from 'node:crypto';

/**
 * Makes ids `tp_` + milliseconds, a counter and random letters that stand for this run, all in base 36: they sort by
 * time, and two proxies never make the same.
 */
export function requestIds(wall: () => number): () => string {
  const run = randomBytes(4).readUInt32BE().toString(36).padStart(7, '0');
  let counter = 0;
  let time = 0;
  let prefix = '';
  return () => {
    const now = wall();
    if (now !== time) {
      time = now;
      prefix = `tp_${now.toString(36)}`;
    }
    counter = (counter + 1) % 46_656;
    return prefix + counter.toString(36).padStart(3, '0') + run;
  };
}
