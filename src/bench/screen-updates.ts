const begin = Buffer.from('\u001B[?2026h');
const end = Buffer.from('\u001B[?2026l');

/**
 * Finds the screen's updates in what it writes, however that is cut: all that stands between DEC private mode 2026 set
 * and reset. Tells the bytes of each, those two sequences included.
 */
export function createUpdateReader(onUpdate: (bytes: number) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const from = rest.indexOf(begin);
      if (from < 0) break;
      const to = rest.indexOf(end, from);
      if (to < 0) break;
      onUpdate(to + end.length - from);
      rest = rest.subarray(to + end.length);
    }
    // Of what is no update only so much is kept as may be the beginning of its mark.
    if (!rest.includes(begin)) rest = rest.subarray(Math.max(rest.length - begin.length + 1, 0));
  };
}
