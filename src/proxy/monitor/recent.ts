const maxRequests = 500;
const ringBytes = 1024 * 1024;
/** A character of UTF-16 takes three bytes of UTF-8 at most. */
const maxBytesPerUnit = 3;

export interface Recent {
  readonly add: (json: string) => void;
  /** At most `limit` finished requests as JSON, newest first. */
  readonly newest: (limit: number) => string[];
}

/**
 * The last finished requests, as bytes in one ring: kept as objects they would outlive the nursery, each of them, and
 * cost more to keep than to make.
 */
export function createRecent(): Recent {
  const ring = Buffer.allocUnsafe(ringBytes);
  const starts = new Int32Array(maxRequests);
  const ends = new Int32Array(maxRequests);
  let oldest = 0;
  let count = 0;
  let free = 0;

  function dropOldest(): void {
    oldest = (oldest + 1) % maxRequests;
    count--;
  }

  /** Drops those, oldest first, that stand between two places of the ring. */
  function clear(from: number, to: number): void {
    while (count > 0 && (starts[oldest] as number) < to && (ends[oldest] as number) > from) dropOldest();
  }

  function makeRoom(atMost: number): void {
    if (free + atMost > ringBytes) {
      clear(free, ringBytes);
      free = 0;
    }
    clear(free, free + atMost);
    if (count === maxRequests) dropOldest();
  }

  return {
    add(json) {
      const atMost = json.length * maxBytesPerUnit;
      if (atMost > ringBytes) return;
      makeRoom(atMost);
      const slot = (oldest + count) % maxRequests;
      starts[slot] = free;
      free += ring.write(json, free);
      ends[slot] = free;
      count++;
    },
    newest(limit) {
      const rows: string[] = [];
      for (let back = 1; back <= Math.min(limit, count); back++) {
        const slot = (oldest + count - back) % maxRequests;
        rows.push(ring.toString('utf8', starts[slot], ends[slot]));
      }
      return rows;
    },
  };
}
