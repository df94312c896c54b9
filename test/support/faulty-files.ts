import type { FileSystem } from '../../src/proxy/file-system.ts';

export type Fault = 'fail once' | 'short write, then fail' | 'fail from here on';

export interface FaultyFiles {
  readonly files: FileSystem;
  /** How many calls were made so far. */
  readonly calls: () => number;
  /** Resolves once no call is under way, nor follows from the last ones. */
  readonly idle: () => Promise<void>;
}

/** A file system of which the N-th call, counted from 1, goes wrong: SQLite's way of testing. */
export function faultyFiles(real: FileSystem, { at, fault }: { at: number; fault: Fault }): FaultyFiles {
  let calls = 0;
  let underWay = 0;

  function noSpace(): Error {
    return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  }

  function isDue(): boolean {
    calls++;
    if (fault === 'fail once') return calls === at;
    return fault === 'fail from here on' ? calls >= at : calls === at || calls === at + 1;
  }

  async function write(fd: number, bytes: Buffer): Promise<number> {
    if (!isDue()) return real.write(fd, bytes);
    if (fault === 'short write, then fail' && calls === at && bytes.length > 1) {
      return real.write(fd, bytes.subarray(0, Math.ceil(bytes.length / 2)));
    }
    throw noSpace();
  }

  async function other<Result>(call: () => Promise<Result>): Promise<Result> {
    if (isDue()) throw noSpace();
    return call();
  }

  async function counted<Result>(call: () => Promise<Result>): Promise<Result> {
    underWay++;
    return call().finally(() => underWay--);
  }

  type Call = (...values: unknown[]) => Promise<unknown>;
  // Every write goes the one way that can be made to fail.
  const { writeNow: _, ...asynchronous } = real;
  const files = Object.entries(asynchronous as unknown as Record<string, Call>).map(([name, call]) => [
    name,
    (...values: unknown[]) =>
      counted(() => (name === 'write' ? write(...(values as [number, Buffer])) : other(() => call(...values)))),
  ]);
  return {
    files: Object.fromEntries(files) as unknown as FileSystem,
    calls: () => calls,
    async idle() {
      for (let quiet = 0; quiet < 4; quiet++) {
        await new Promise(setImmediate);
        if (underWay > 0) quiet = 0;
      }
    },
  };
}
