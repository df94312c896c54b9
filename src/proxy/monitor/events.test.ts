import { beforeEach, describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { marksFrom, requestRecord } from '../../../test/support/request-record.ts';
import type { RequestRecord } from '../record.ts';
import { requestJson } from '../request-json.ts';
import type { EventReader } from './event-readers.ts';
import type { Progress } from './event-rows.ts';
import { createEventHub, type EventHub } from './events.ts';

interface TestReader extends EventReader {
  /** What was read since the last look, by event and data; comments as they are. */
  readonly read: () => { event: string; data: unknown }[];
  readonly closed: () => boolean;
  unread: number;
}

function testReader(): TestReader {
  let text = '';
  let closed = false;
  return {
    unread: 0,
    write: (more) => void (text += more),
    unreadBytes(this: TestReader) {
      return this.unread;
    },
    close: () => void (closed = true),
    closed: () => closed,
    read() {
      const blocks = text.split('\n\n').slice(0, -1);
      text = '';
      return blocks.map((block) => {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(block);
        return match ? { event: match[1]!, data: JSON.parse(match[2]!) as unknown } : { event: 'comment', data: block };
      });
    },
  };
}

function events(reader: TestReader): string[] {
  return reader.read().map(({ event }) => event);
}

const tokens = { input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 0, output: 4, reasoning: 0 };

describe('the event hub', () => {
  let clock: FakeClock;
  let hub: EventHub;
  let inFlight: Set<RequestRecord>;
  let progress: Map<RequestRecord, Progress>;
  let asked: number;

  beforeEach(() => {
    clock = fakeClock();
    inFlight = new Set();
    progress = new Map();
    asked = 0;
    hub = createEventHub({
      clock,
      inFlight,
      snapshotJson: () => '{"version":1,"run":{}}',
      progressOf(record) {
        asked++;
        return progress.get(record) ?? null;
      },
    });
  });

  function begin(overrides: Partial<RequestRecord> = {}): RequestRecord {
    const record = requestRecord({ outcome: null, marks: marksFrom(clock.now()), ...overrides });
    inFlight.add(record);
    hub.started(record);
    return record;
  }

  function end(record: RequestRecord): void {
    record.outcome = 'ok';
    inFlight.delete(record);
    hub.ended(requestJson(record));
  }

  it('greets a reader with the snapshot', () => {
    const reader = testReader();
    hub.subscribe(reader);
    expect(reader.read()).toEqual([{ event: 'hello', data: { version: 1, run: {} } }]);
  });

  it('tells of a request from its start to its end, at the next tick', () => {
    const reader = testReader();
    hub.subscribe(reader);
    reader.read();
    const record = begin({ model: null });
    expect(reader.read()).toEqual([]);
    record.model = 'claude-opus-4-8';
    clock.advance(100);
    expect(reader.read()).toEqual([
      {
        event: 'started',
        data: {
          version: 1,
          id: 'tp_test',
          time: '2026-11-22T12:00:00.000Z',
          provider: 'anthropic',
          model: 'claude-opus-4-8',
          asked_model: 'claude-sonnet-4-6',
          dialect: 'anthropic-messages',
          intent: 'generate',
          project: 'web',
          session: 'session-1',
          agent: 'claude-cli/2.1',
          stream: true,
        },
      },
    ]);
    end(record);
    clock.advance(100);
    expect(reader.read()).toEqual([{ event: 'ended', data: JSON.parse(requestJson(record)) as unknown }]);
    expect(requestJson(record)).toContain('"id":"tp_test"');
  });

  it('shows no endless name', () => {
    const reader = testReader();
    hub.subscribe(reader);
    begin({ model: 'm'.repeat(1_000_000) });
    clock.advance(100);
    expect((reader.read().at(-1)!.data as { model: string }).model).toHaveLength(256);
  });

  it('tells of progress four times a second at most, and only when there is some', () => {
    const reader = testReader();
    hub.subscribe(reader);
    const record = begin();
    reader.read();
    for (let step = 1; step <= 15; step++) {
      progress.set(record, { tokens: { ...tokens, output: step }, picodollars: step * 1_000_000 });
      clock.advance(100);
    }
    const rows = reader.read().filter(({ event }) => event === 'progress');
    expect(rows.map(({ data }) => (data as { tokens: { output: number } }).tokens.output)).toEqual([3, 6, 9, 12, 15]);
    expect(rows[0]!.data).toMatchObject({ id: 'tp_test', cost_usd: 0.000003, cost_picodollars: '3000000' });
    clock.advance(5000);
    expect(reader.read()).toEqual([]);
  });

  it('tells a reader that comes late of the progress of requests that were there before', () => {
    const record = begin();
    progress.set(record, { tokens, picodollars: null });
    const reader = testReader();
    clock.advance(150);
    hub.subscribe(reader);
    clock.advance(100);
    expect(reader.read().at(-1)).toMatchObject({ event: 'progress', data: { cost_usd: null, cost_picodollars: null } });
  });

  it('tells of no progress of what is over within a quarter of a second', () => {
    const reader = testReader();
    hub.subscribe(reader);
    clock.advance(51);
    const record = begin();
    progress.set(record, { tokens, picodollars: 0 });
    clock.advance(249);
    expect(asked).toBe(0);
    end(record);
    clock.advance(10_000);
    expect(asked).toBe(0);
    expect(events(reader)).toEqual(['hello', 'started', 'ended']);
  });

  it('tells of no more progress once a record is complete, though its last bytes are still on their way', () => {
    const reader = testReader();
    hub.subscribe(reader);
    const record = begin();
    progress.set(record, { tokens, picodollars: 0 });
    clock.advance(300);
    expect(events(reader)).toEqual(['hello', 'started', 'progress']);
    record.outcome = 'ok';
    progress.set(record, { tokens: { ...tokens, output: 5 }, picodollars: 0 });
    asked = 0;
    clock.advance(5000);
    expect(events(reader)).toEqual([]);
    expect(asked).toBe(0);
  });

  it('gives all exchanges their turn when there are more than there is room for', () => {
    const reader = testReader();
    hub.subscribe(reader);
    const records = Array.from({ length: 500 }, (_, n) => begin({ id: `tp_${n}` }));
    for (let step = 0; step < 22; step++) {
      for (const record of records) progress.set(record, { tokens: { ...tokens, output: step }, picodollars: 0 });
      clock.advance(100);
    }
    const told = reader.read().filter(({ event }) => event === 'progress');
    const turns = new Map(records.map(({ id }) => [id, 0]));
    for (const { data } of told) turns.set((data as { id: string }).id, turns.get((data as { id: string }).id)! + 1);
    // Two ticks are too early for them, and 20 have room for 50 each.
    expect(new Set(turns.values())).toEqual(new Set([2]));
  });

  it('sends 50 rows a tick at most and says how many it left out', () => {
    const reader = testReader();
    hub.subscribe(reader);
    reader.read();
    for (let n = 0; n < 80; n++) end(begin());
    clock.advance(100);
    const rows = reader.read();
    expect(rows).toHaveLength(51);
    expect(rows.at(-1)).toMatchObject({ event: 'notice', data: { version: 1, code: 'skipped', skipped: 110 } });
    clock.advance(100);
    expect(reader.read()).toEqual([]);
  });

  it('passes notices on', () => {
    const reader = testReader();
    hub.subscribe(reader);
    reader.read();
    hub.notice('storage', 'the disk is full');
    clock.advance(100);
    expect(reader.read()).toMatchObject([
      { event: 'notice', data: { code: 'storage', message: 'the disk is full', skipped: null } },
    ]);
  });

  it('comments each 15 seconds of silence, so that nothing between takes the stream for dead', () => {
    const reader = testReader();
    hub.subscribe(reader);
    reader.read();
    clock.advance(14_900);
    expect(reader.read()).toEqual([]);
    clock.advance(30_100);
    expect(events(reader)).toEqual(['comment', 'comment', 'comment']);
  });

  it('drops a reader that does not drain, and no other', () => {
    const slow = testReader();
    const quick = testReader();
    hub.subscribe(slow);
    hub.subscribe(quick);
    slow.unread = 1024 * 1024 + 1;
    begin();
    clock.advance(100);
    expect(slow.closed()).toBe(true);
    expect(quick.closed()).toBe(false);
    slow.read();
    begin();
    clock.advance(100);
    expect(slow.read()).toEqual([]);
    expect(events(quick)).toEqual(['hello', 'started', 'started']);
  });

  it('does not tell a new reader again of what its snapshot already holds', () => {
    const first = testReader();
    hub.subscribe(first);
    end(begin());
    const second = testReader();
    hub.subscribe(second);
    clock.advance(100);
    expect(events(second)).toEqual(['hello']);
    expect(events(first)).toEqual(['hello', 'started', 'ended']);
  });

  it('computes nothing while nobody listens', () => {
    expect(hub.listening()).toBe(false);
    const unheard = begin();
    const json = requestJson(unheard);
    Object.defineProperty(unheard, 'time', {
      get() {
        throw new Error('rendered for nobody');
      },
    });
    inFlight.delete(unheard);
    hub.ended(json);
    clock.advance(60_000);
    const leave = hub.subscribe(testReader());
    expect(hub.listening()).toBe(true);
    begin();
    leave();
    leave();
    expect(hub.listening()).toBe(false);
    asked = 0;
    clock.advance(60_000);
    expect(asked).toBe(0);
  });

  it('takes 32 readers and refuses the next', () => {
    for (let n = 0; n < 32; n++) hub.subscribe(testReader());
    expect(() => hub.subscribe(testReader())).toThrow('32 readers at most');
  });

  it('sends what waits and closes its readers when it is closed', () => {
    const reader = testReader();
    hub.subscribe(reader);
    begin();
    hub.close();
    expect(events(reader)).toEqual(['hello', 'started']);
    expect(reader.closed()).toBe(true);
  });
});
