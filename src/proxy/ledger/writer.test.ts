import { existsSync, mkdtempSync, open, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../../test/support/fake-clock.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import { formatLine, openLine, sealLine } from './line.ts';
import { SegmentFile } from './segment-file.ts';
import { LineWriter } from './writer.ts';

let directory: string;
let clock: FakeClock;
let warnings: string[];

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'tokenpak-writer-')), 'data');
  clock = fakeClock();
  warnings = [];
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

function writerOn(files: Partial<FileSystem> = {}): LineWriter {
  // Where a test stands in for the write, there is no second way to write.
  const { writeNow: _, ...slow } = systemFiles;
  const all: FileSystem = files.write ? { ...slow, ...files } : { ...systemFiles, ...files };
  const file = new SegmentFile({ directory, run: { boot: 1, pid: 2 }, clock, files: all });
  return new LineWriter({
    file,
    clock,
    mayBlock: () => true,
    isAlone: () => false,
    warn: (message) => warnings.push(message),
  });
}

function written(writer: LineWriter): Promise<void> {
  return new Promise((resolve) => writer.written(resolve));
}

function text(name = 'ledger-1-2.jsonl'): string {
  return readFileSync(join(directory, name), 'utf8');
}

/** Writes that wait until they are let go, each with the bytes that it was given. */
function gate(): { write: FileSystem['write']; waiting: { bytes: string; letGo: () => void }[] } {
  const waiting: { bytes: string; letGo: () => void }[] = [];
  const write: FileSystem['write'] = async (fd, bytes) => {
    await new Promise<void>((letGo) => waiting.push({ bytes: bytes.toString(), letGo }));
    return systemFiles.write(fd, bytes);
  };
  return { write, waiting };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

async function ticks(): Promise<void> {
  for (let count = 0; count < 20; count++) await new Promise(setImmediate);
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}

describe('the writer of lines', () => {
  it('writes the lines of one tick at once, and what comes meanwhile in the next write', async () => {
    const { write, waiting } = gate();
    const writer = writerOn({ write });
    writer.append('a\n');
    writer.append('b\n');
    const first = written(writer);
    await until(() => waiting.length === 1);
    writer.append('c\n');
    writer.append('d\n');
    await ticks();
    expect(waiting.map(({ bytes }) => bytes)).toEqual(['a\nb\n']);
    waiting[0]!.letGo();
    await first;
    await until(() => waiting.length === 2);
    expect(waiting[1]!.bytes).toBe('c\nd\n');
    waiting[1]!.letGo();
    await written(writer);
    expect(text()).toBe('a\nb\nc\nd\n');
    await writer.close();
  });

  it('writes by itself, after 10 ms, the lines that nobody waits for', async () => {
    const { write, waiting } = gate();
    const writer = writerOn({ write });
    for (const [round, lines] of [['a\n', 'b\n'], ['c\n']].entries()) {
      for (const line of lines) writer.append(line);
      clock.advance(9.9);
      await ticks();
      expect(waiting).toHaveLength(round);
      clock.advance(0.1);
      await until(() => waiting.length === round + 1);
      waiting[round]!.letGo();
      await written(writer);
    }
    expect(waiting.map(({ bytes }) => bytes)).toEqual(['a\nb\n', 'c\n']);
    await writer.close();
    expect(text()).toBe('a\nb\nc\n');
  });

  it.each<[string, (writer: LineWriter) => Promise<unknown>]>([
    ['an answer', written],
    ['the totals', (writer) => writer.flushed()],
  ])(
    'takes lines that nobody waits for with those that %s waits for, and writes them no second time',
    async (_, wait) => {
      const { write, waiting } = gate();
      const writer = writerOn({ write });
      writer.append('nobody waits\n');
      writer.append('somebody waits\n');
      const waited = wait(writer);
      await until(() => waiting.length === 1);
      waiting[0]!.letGo();
      await waited;
      clock.advance(10);
      await ticks();
      expect(waiting.map(({ bytes }) => bytes)).toEqual(['nobody waits\nsomebody waits\n']);
      await writer.close();
    },
  );

  it('seals lines where they stand', async () => {
    const writer = writerOn();
    for (let seq = 0; seq < 3; seq++) writer.append(openLine(seq, 'end', '"model":"clé"'), sealLine);
    await written(writer);
    expect(text()).toBe([0, 1, 2].map((seq) => formatLine(seq, 'end', '"model":"clé"')).join(''));
    await writer.close();
  });

  it('calls back at once when nothing is to be written', () => {
    let called = false;
    writerOn().written(() => (called = true));
    expect(called).toBe(true);
  });

  it('calls back in order, each after the write that holds all that came before it', async () => {
    const { write, waiting } = gate();
    const writer = writerOn({ write });
    const calls: string[] = [];
    writer.append('a\n');
    clock.advance(10);
    await until(() => waiting.length === 1);
    writer.written(() => calls.push('after a'));
    writer.append('b\n');
    writer.written(() => calls.push('after b'));
    writer.written(() => calls.push('also after b'));
    waiting[0]!.letGo();
    await until(() => waiting.length === 2);
    expect(calls).toEqual(['after a']);
    waiting[1]!.letGo();
    await until(() => calls.length === 3);
    expect(calls).toEqual(['after a', 'after b', 'also after b']);
    expect(writer.health().late).toBe(0);
    await writer.close();
  });

  it('lets nobody wait longer than 5 ms for a slow disk, and counts them', async () => {
    const { write, waiting } = gate();
    const writer = writerOn({ write });
    let calls = 0;
    writer.append('a\n');
    writer.written(() => calls++);
    writer.written(() => calls++);
    await until(() => waiting.length === 1);
    clock.advance(4.9);
    expect(calls).toBe(0);
    clock.advance(0.1);
    expect(calls).toBe(2);
    expect(writer.health()).toMatchObject({ state: 'ok', late: 2 });
    waiting[0]!.letGo();
    await writer.close();
    expect(calls).toBe(2);
    expect(text()).toBe('a\n');
  });

  it('takes back what a full disk took of a write, and writes it whole once there is room', async () => {
    let room = 3;
    const write: FileSystem['write'] = async (fd, bytes) => {
      if (room === 0) throw failure('ENOSPC');
      const taken = Math.min(room, bytes.length);
      room -= taken;
      return systemFiles.write(fd, bytes.subarray(0, taken));
    };
    const writer = writerOn({ write });
    writer.append('a\n');
    await written(writer);
    writer.append('bcd\n');
    await written(writer);
    expect(text()).toBe('a\n');
    expect(writer.health()).toMatchObject({ state: 'degraded', reason: expect.stringContaining('ENOSPC') as string });

    room = Infinity;
    clock.advance(1000);
    await until(() => writer.health().state === 'ok');
    expect(text()).toBe('a\nbcd\n');
    expect(writer.health()).toMatchObject({ reason: null, dropped: 0 });
    expect(warnings).toHaveLength(2);
    await writer.close();
  });

  it('delays nobody while the disk is known to refuse', async () => {
    const writer = writerOn({ write: () => Promise.reject(failure('EIO')) });
    writer.append('a\n');
    await written(writer);
    let called = false;
    writer.append('b\n');
    writer.written(() => (called = true));
    expect(called).toBe(true);
    expect(writer.health().late).toBe(2);
    await writer.close();
  });

  it('tries a disk that refuses once a second, whatever came while it refused first', async () => {
    let tries = 0;
    const refusals: (() => void)[] = [];
    const write: FileSystem['write'] = async () => {
      tries++;
      if (tries === 1) await new Promise<void>((refuse) => refusals.push(refuse));
      throw failure('EIO');
    };
    let retries = 0;
    const { after } = clock;
    const counting: FakeClock['after'] = (delayMs, run) => {
      if (delayMs === 1000) retries++;
      return after(delayMs, run);
    };
    clock = { ...clock, after: counting };
    const writer = writerOn({ write });
    writer.append('a\n');
    writer.written(() => {});
    await until(() => tries === 1);
    writer.append('b\n');
    refusals[0]!();
    await until(() => writer.health().state === 'degraded');
    clock.advance(999);
    await ticks();
    expect(tries).toBe(1);
    for (let second = 1; second <= 3; second++) {
      // What the last try left is cleared away by the real disk, which takes its time.
      await until(() => retries === second);
      clock.advance(second === 1 ? 1 : 1000);
      await until(() => tries > second);
      await ticks();
      expect(tries).toBe(1 + second);
    }
    await writer.close();
    expect(writer.health().dropped).toBe(2);
  });

  it('keeps 10,000 lines for a disk that refuses, and counts those beyond', async () => {
    let refuses = true;
    const write: FileSystem['write'] = (fd, bytes) =>
      refuses ? Promise.reject(failure('ENOSPC')) : systemFiles.write(fd, bytes);
    const writer = writerOn({ write });
    for (let line = 0; line < 10_005; line++) writer.append(`${line}\n`);
    await written(writer);
    writer.append('one more\n');
    expect(writer.health().dropped).toBe(6);
    refuses = false;
    await writer.close();
    expect(text().split('\n')).toHaveLength(10_001);
    expect(writer.health().dropped).toBe(6);
  });

  it('takes a backlog in several writes of bearable size, in order', async () => {
    const sizes: number[] = [];
    const writer = writerOn({
      write(fd, bytes) {
        sizes.push(bytes.length);
        return systemFiles.write(fd, bytes);
      },
    });
    const lines = Array.from({ length: 2000 }, (_, line) => `${String(line).padStart(499, ' ')}\n`);
    for (const line of lines) writer.append(line);
    await written(writer);
    expect(text()).toBe(lines.join(''));
    expect(sizes).toHaveLength(4);
    expect(Math.max(...sizes)).toBeLessThan(300_000);
    await writer.close();
  });

  it('counts as lost what the disk refuses to the end', async () => {
    const writer = writerOn({ write: () => Promise.reject(failure('ENOSPC')) });
    writer.append('a\n');
    writer.append('b\n');
    await writer.close();
    writer.append('too late\n');
    expect(writer.health().dropped).toBe(3);
  });

  it('is degraded from the start where no file can be made, and mends by itself', async () => {
    let refuses = true;
    const create: FileSystem['create'] = (path) =>
      refuses ? Promise.reject(failure('EROFS')) : systemFiles.create(path);
    const writer = writerOn({ create });
    await writer.open();
    expect(writer.health()).toMatchObject({ state: 'degraded', reason: expect.stringContaining('EROFS') as string });
    expect(warnings).toHaveLength(1);
    writer.append('a\n');
    refuses = false;
    clock.advance(1000);
    await until(() => writer.health().state === 'ok');
    expect(text()).toBe('a\n');
    await writer.close();
  });

  it('goes on in a new file where the old one may not grow', async () => {
    const write: FileSystem['write'] = async (fd, bytes) => {
      const { size } = await systemFiles.statusOfOpen(fd);
      if (size >= 4) throw failure('EFBIG');
      return systemFiles.write(fd, bytes.subarray(0, 4 - size));
    };
    const writer = writerOn({ write });
    for (const line of ['ab\n', 'cd\n', 'ef\n']) {
      writer.append(line);
      await written(writer);
    }
    expect(readdirSync(directory).sort()).toEqual(['ledger-1-2-1.jsonl', 'ledger-1-2-2.jsonl', 'ledger-1-2.jsonl']);
    expect(text() + text('ledger-1-2-1.jsonl') + text('ledger-1-2-2.jsonl')).toBe('ab\ncd\nef\n');
    expect(writer.health()).toMatchObject({ state: 'ok', dropped: 0 });
    await writer.close();
  });

  it('goes on in a new file where what was written in part cannot be taken back', async () => {
    let writes = 0;
    const writer = writerOn({
      write: (fd, bytes) => {
        writes++;
        if (writes === 3) return Promise.reject(failure('EIO'));
        return systemFiles.write(fd, writes === 2 ? bytes.subarray(0, 2) : bytes);
      },
      truncate: () => Promise.reject(failure('EIO')),
    });
    writer.append('first\n');
    await written(writer);
    writer.append('second\n');
    await written(writer);
    clock.advance(1000);
    await until(() => writer.health().state === 'ok');
    expect(text()).toBe('first\nse');
    expect(text('ledger-1-2-1.jsonl')).toBe('second\n');
    await writer.close();
  });
});

describe.skipIf(!existsSync('/dev/full'))('a disk that is really full', () => {
  it('stops nobody, and what waited is written whole once there is room', async () => {
    let isFull = true;
    const create: FileSystem['create'] = (path) =>
      isFull ? promisify(open)('/dev/full', 'a') : systemFiles.create(path);
    const writer = writerOn({ create });
    await writer.open();
    for (let line = 0; line < 100; line++) writer.append(`${line}\n`);
    await written(writer);
    expect(writer.health()).toMatchObject({ state: 'degraded', reason: expect.stringContaining('ENOSPC') as string });
    isFull = false;
    clock.advance(1000);
    await until(() => writer.health().state === 'ok');
    await writer.close();
    const [name] = readdirSync(directory);
    expect(text(name)).toBe(Array.from({ length: 100 }, (_, line) => `${line}\n`).join(''));
  });
});

describe('the segments of a writer', () => {
  it.each(['file', 'directory'])('are made anew within a second when the %s is removed', async (what) => {
    let looks = 0;
    const writer = writerOn({ statusOf: (path) => systemFiles.statusOf(path).finally(() => looks++) });
    writer.append('lost\n');
    await written(writer);
    rmSync(what === 'file' ? join(directory, 'ledger-1-2.jsonl') : directory, { recursive: true });
    looks = 0;
    clock.advance(1000);
    await until(() => looks === 1);
    writer.append('kept\n');
    await written(writer);
    expect(text('ledger-1-2-1.jsonl')).toBe('kept\n');
    await writer.close();
  });

  it('are one for each day', async () => {
    const writer = writerOn();
    writer.append('today\n');
    await written(writer);
    clock.setWall(clock.wall() + 24 * 60 * 60 * 1000);
    writer.append('tomorrow\n');
    await written(writer);
    expect(text()).toBe('today\n');
    expect(text('ledger-1-2-1.jsonl')).toBe('tomorrow\n');
    await writer.close();
  });

  it('hold 64 MiB', async () => {
    const writer = writerOn();
    const megabyte = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let line = 0; line < 64; line++) writer.append(megabyte);
    await writer.flushed();
    writer.append('next\n');
    await writer.flushed();
    expect(text('ledger-1-2-1.jsonl')).toBe('next\n');
    await writer.close();
  });

  it('are confirmed by the disk each second, if anything was written; a failure is counted and stops nothing', async () => {
    let syncs = 0;
    const writer = writerOn({
      syncData: () => {
        syncs++;
        return Promise.reject(failure('EIO'));
      },
    });
    clock.advance(3000);
    expect(syncs).toBe(0);
    writer.append('a\n');
    await written(writer);
    clock.advance(3000);
    await until(() => writer.health().syncFailures === 1);
    expect(syncs).toBe(1);
    expect(writer.health().state).toBe('ok');
    await writer.close();
  });

  it('are removed if nothing was written to them', async () => {
    const writer = writerOn();
    await writer.open();
    expect(readdirSync(directory)).toEqual(['ledger-1-2.jsonl']);
    await writer.close();
    expect(readdirSync(directory)).toEqual([]);
  });
});
