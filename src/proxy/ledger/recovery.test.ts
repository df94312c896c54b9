import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome, written } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { RequestRecord } from '../record.ts';
import { type Ledger, createLedgerReader } from './index.ts';
import { formatLine, readLine } from './line.ts';
import { crashMembers, endMembers, startMembers } from './members.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

const deadSegment = 'ledger-1-999.jsonl';

function path(name: string): string {
  return join(home.directory, name);
}

/** What a run left that was killed: a segment, and no checkpoint. */
function leave(content: string | Buffer, name = deadSegment): void {
  mkdirSync(home.directory, { recursive: true, mode: 0o700 });
  writeFileSync(path(name), content, { mode: 0o600 });
}

function ends(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => end(from + index, requestRecord({ id: `tp_${from + index}` })));
}

function end(seq: number, record: RequestRecord): string {
  return formatLine(seq, 'end', endMembers(record));
}

function start(seq: number, record: RequestRecord): string {
  return formatLine(seq, 'start', startMembers(record));
}

async function idsOf(ledger: Ledger): Promise<unknown[]> {
  const ids = [];
  for await (const { request } of ledger.records({ order: 'oldest first' })) ids.push(request['id']);
  return ids;
}

describe('what a killed run left', () => {
  it('is counted at the next start, and not again at the one after', async () => {
    leave(ends(3).join(''));
    for (let round = 0; round < 3; round++) {
      const ledger = await home.open();
      expect(ledger.today().requests).toBe(3);
      await ledger.close();
    }
  });

  it('is cut back to its last whole line, wherever the kill struck, and the rest kept aside', async () => {
    const whole = ends(2).join('');
    const last = ends(1, 2)[0]!;
    for (let length = 1; length < last.length; length++) {
      const name = `ledger-${(length + 1).toString(36)}-999.jsonl`;
      leave(whole + last.slice(0, length), name);
    }
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(2 * (last.length - 1));
    expect(ledger.health().badLines).toBe(0);
    for (let length = 1; length < last.length; length++) {
      const name = `ledger-${(length + 1).toString(36)}-999.jsonl`;
      expect(home.read(name)).toBe(whole);
      expect(home.read(`${name}.torn`)).toBe(last.slice(0, length));
    }
    await ledger.close();
  });

  it('is looked at no further than its last 64 KiB to find its end', async () => {
    const whole = ends(300).join('');
    leave(`${whole}{"v":1,"se`);
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(300);
    expect(home.read(deadSegment)).toBe(whole);
    await ledger.close();
  });

  it('is cut back over several damaged lines at its end', async () => {
    const damaged = ends(2, 1).map((line) => line.replace('anthropic', 'anthropoid'));
    leave(ends(1)[0]! + damaged.join('') + '\0'.repeat(5000));
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(1);
    expect(home.read(deadSegment)).toBe(ends(1)[0]);
    expect(home.read(`${deadSegment}.torn`)).toBe(damaged.join('') + '\0'.repeat(5000));
    await ledger.close();
  });

  it('is read around damage in its middle, which stays where it is', async () => {
    const [first, second, third] = ends(3) as [string, string, string];
    const content = `${first}${second.replace('anthropic', 'anthropoid')}\0\0\0\n\n{"v":1}\n${third}`;
    leave(content);
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(2);
    expect(ledger.health().badLines).toBe(4);
    expect(home.read(deadSegment)).toBe(content);
    expect(home.warnings).toHaveLength(1);
    await ledger.close();
  });

  it('never fails, and never counts a damaged line, for a flipped byte anywhere', async () => {
    const content = Buffer.from(ends(4).join(''));
    const count = 60;
    for (let file = 0; file < count; file++) {
      const flipped = Buffer.from(content);
      flipped[Math.floor((file * content.length) / count)]! ^= 1 << (file % 8);
      leave(flipped, `ledger-${(file + 2).toString(36)}-999.jsonl`);
    }
    const ledger = await home.open();
    // A flipped line feed glues two lines together, a new one cuts one in two: one or two of four are lost.
    expect(ledger.today().requests).toBeGreaterThanOrEqual(2 * count);
    expect(ledger.today().requests).toBeLessThanOrEqual(3 * count);
    await ledger.close();
  });

  it('is read with the line ends of another system', async () => {
    leave(ends(3).join('').replaceAll('\n', '\r\n'));
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(3);
    expect(ledger.health().badLines).toBe(0);
    await ledger.close();
  });

  it('is read past a line that is longer than any can be', async () => {
    leave(ends(1)[0]! + '\0'.repeat(3 * 1024 * 1024) + '\n' + ends(1, 1)[0]!);
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(2);
    expect(ledger.health().badLines).toBe(1);
    expect(await idsOf(ledger)).toEqual(['tp_0', 'tp_1']);
    await ledger.close();
  });

  it('is removed if it is empty', async () => {
    leave('');
    const ledger = await home.open();
    await ledger.close();
    expect(home.names('.jsonl')).toEqual([]);
  });

  it('is closed to others, if it was not', async () => {
    leave(ends(1)[0]!);
    chmodSync(path(deadSegment), 0o666);
    chmodSync(home.directory, 0o777);
    const ledger = await home.open();
    expect(statSync(path(deadSegment)).mode & 0o777).toBe(0o600);
    expect(statSync(home.directory).mode & 0o777).toBe(0o700);
    await ledger.close();
  });

  it('is never read through a symbolic link', async () => {
    leave(ends(1)[0]!, 'elsewhere.jsonl');
    symlinkSync(path('elsewhere.jsonl'), path(deadSegment));
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(0);
    expect(await idsOf(ledger)).toEqual([]);
    await ledger.close();
    expect(home.read('elsewhere.jsonl')).toBe(ends(1)[0]);
  });

  it('is known by the lines themselves when a shorter file stands in its place', async () => {
    leave(ends(5).join(''));
    const alive = { isAlive: ({ pid }: { pid: number }) => pid === 999 };
    const first = await home.open(alive);
    await first.close();
    truncateSync(path(deadSegment));
    appendFileSync(path(deadSegment), ends(2, 4).join(''));
    const second = await home.open(alive);
    expect(second.today().requests).toBe(6);
    await second.close();
  });
});

describe('a request that a crash cut off', () => {
  const cut = requestRecord({ id: 'tp_cut' });

  it('gets its end at the next start, once, and its cost is not known', async () => {
    leave(start(0, cut) + start(1, requestRecord({ id: 'tp_done' })) + end(2, requestRecord({ id: 'tp_done' })));
    const ledger = await home.open();
    expect(ledger.today()).toMatchObject({ requests: 2, errors: 1, unpriced: 1, cost_picodollars: '3000000000' });
    await written(ledger);
    expect((await ledger.find('tp_cut'))?.request).toMatchObject({
      outcome: 'crash_unknown',
      provider: 'anthropic',
      model: 'claude-sonnet-4-6',
      project: 'web',
      stream: true,
      time: '2026-11-22T12:00:00.000Z',
      cost_usd: null,
      unpriced_reason: 'crash_unknown',
      status: 0,
    });
    await ledger.close();
    const again = await home.open();
    expect(again.today().requests).toBe(2);
    expect(await idsOf(again)).toEqual(['tp_done', 'tp_cut']);
    await again.close();
  });

  it('gets one end though the run that recorded it was killed too before it saved its totals', async () => {
    leave(start(0, cut));
    const first = await home.open();
    await written(first);
    const segments = home.names('.jsonl').map((name) => [name, readFileSync(path(name))] as const);
    await first.close();
    home.forget('ledger-totals.json');
    for (const [name, content] of segments) leave(content, name);

    const second = await home.open();
    expect(second.today()).toMatchObject({ requests: 1, unpriced: 1 });
    expect(await idsOf(second)).toEqual(['tp_cut']);
    await second.close();
  });

  it('counts once though two runs that started at the same moment recorded its end', async () => {
    leave(start(0, cut));
    const { members } = crashMembers('1-999', readLine(Buffer.from(start(0, cut).trimEnd()))!.members)!;
    leave(formatLine(0, 'end', members), 'ledger-2-998.jsonl');
    leave(formatLine(0, 'end', members), 'ledger-2-997.jsonl');
    const ledger = await home.open();
    expect(ledger.today()).toMatchObject({ requests: 1, unpriced: 1 });
    await ledger.close();
  });

  it('is known though its start stood before the checkpoint', async () => {
    const first = await home.open();
    first.started({ ...cut, outcome: null });
    await written(first);
    await first.close();
    const second = await home.open();
    expect(second.today()).toMatchObject({ requests: 1, unpriced: 1 });
    await second.close();
  });
});

describe('another process that uses the same directory', () => {
  const alive = { isAlive: ({ pid }: { pid: number }) => pid === 999 };

  it('is left alone: no line of it is cut, no request of it declared dead', async () => {
    const content = start(0, requestRecord({ id: 'tp_0' })) + ends(1, 1)[0]! + 'half a li';
    leave(content);
    const ledger = await home.open(alive);
    expect(ledger.today().requests).toBe(1);
    expect(home.read(deadSegment)).toBe(content);
    expect(home.names('.torn')).toEqual([]);
    await ledger.close();
  });

  it('is counted in as it goes on', async () => {
    const [first, second] = ends(2) as [string, string];
    leave(first + second.slice(0, 40));
    const ledger = await home.open(alive);
    expect(ledger.today().requests).toBe(1);
    appendFileSync(path(deadSegment), second.slice(40));
    leave(ends(1, 2)[0]!, 'ledger-1-999-1.jsonl');
    home.clock.advance(5000);
    while (ledger.today().requests < 3) await new Promise(setImmediate);
    await ledger.close();
    const again = await home.open(alive);
    expect(again.today().requests).toBe(3);
    await again.close();
  });

  it('loses nothing, whichever saves its totals last', async () => {
    const shared = { isAlive: () => true };
    const one = await home.open(shared);
    const two = await home.open(shared);
    one.ended(requestRecord({ id: 'tp_one' }));
    two.ended(requestRecord({ id: 'tp_two' }));
    await one.close();
    await two.close();
    const three = await home.open();
    expect(three.today().requests).toBe(2);
    await three.close();
  });
});

describe('the reader', () => {
  it('gives records in either order and finds one by its id', async () => {
    leave(ends(3).join(''));
    const ledger = await home.open();
    ledger.ended(requestRecord({ id: 'tp_new', errorCode: 'overloaded', time: requestRecord().time + 10 }));
    await written(ledger);
    const reader = createLedgerReader(home.directory);
    const newest = [];
    for await (const { request } of reader.records({ order: 'newest first' })) newest.push(request['id']);
    expect(newest).toEqual(['tp_new', 'tp_2', 'tp_1', 'tp_0']);
    const since = [];
    for await (const entry of reader.records({ order: 'oldest first', since: requestRecord().time + 10 }))
      since.push(entry);
    expect(since).toMatchObject([{ type: 'end', error: 'overloaded', isDemo: false, request: { id: 'tp_new' } }]);
    expect(await reader.find('tp_1')).toMatchObject({ request: { id: 'tp_1' } });
    expect(await reader.find('tp_none')).toBeNull();
    await ledger.close();
  });

  it('reads backwards over the bounds of its chunks', async () => {
    const count = 2000;
    leave(ends(count).join(''));
    expect(statSync(path(deadSegment)).size).toBeGreaterThan(1024 * 1024);
    const reader = createLedgerReader(home.directory);
    const ids = [];
    for await (const { request } of reader.records({ order: 'newest first' })) ids.push(request['id']);
    expect(ids).toEqual(Array.from({ length: count }, (_, index) => `tp_${count - 1 - index}`));
  });
});
