import { existsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome, written } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { RequestRecord } from '../record.ts';
import { requestJson } from '../request-json.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import { readLine } from './line.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

const segment = (): string => home.names('.jsonl')[0]!;

function linesOf(name: string): Record<string, unknown>[] {
  const lines = home.read(name).trimEnd().split('\n');
  return lines.map((line) => readLine(Buffer.from(line))!.members);
}

describe('the ledger', () => {
  it('has a request on disk, begun and ended, when it says so', async () => {
    const ledger = await home.open();
    const record = requestRecord({ id: 'tp_1', outcome: null });
    ledger.started(record);
    record.outcome = 'ok';
    ledger.ended(record);
    await written(ledger);
    expect(linesOf(segment())).toMatchObject([
      { v: 1, seq: 0, type: 'start', id: 'tp_1', provider: 'anthropic', model: 'claude-sonnet-4-6' },
      { v: 1, seq: 1, type: 'end', saved: '1000000000', request: { id: 'tp_1', cost_picodollars: '3000000000' } },
    ]);
    await ledger.close();
  });

  it("keeps the provider's own numbers of the usage, where there are any, and none of its words", async () => {
    const ledger = await home.open();
    const numbers = { input_tokens: 10, cache: { read_tokens: 1 } };
    const usage = { ...numbers, note: 'the prompt', 'a "name"': 1 };
    ledger.ended(requestRecord({ id: 'tp_told', evidence: { usage, mode: 'priority', geo: null } }));
    ledger.ended(requestRecord({ id: 'tp_untold' }));
    await written(ledger);
    const [told, untold] = linesOf(segment());
    expect(told).toMatchObject({ request: { id: 'tp_told' } });
    expect(told).toHaveProperty('usage', numbers);
    expect(untold).not.toHaveProperty('usage');
    await ledger.close();
  });

  it('takes the JSON of a record from who has it already', async () => {
    const ledger = await home.open();
    const record = requestRecord({ id: 'tp_1' });
    ledger.ended(record, requestJson(record).replace('"web"', '"rendered before"'));
    await written(ledger);
    expect(linesOf(segment())).toMatchObject([{ request: { id: 'tp_1', project: 'rendered before' } }]);
    await ledger.close();
  });

  it('writes what nobody waits for within 10 ms', async () => {
    const ledger = await home.open();
    ledger.started(requestRecord({ id: 'tp_1', outcome: null }));
    home.clock.advance(10);
    while (home.read(segment()) === '') await new Promise(setImmediate);
    expect(linesOf(segment())).toMatchObject([{ seq: 0, type: 'start', id: 'tp_1' }]);
    await ledger.close();
  });

  it('does not take a request for open whose end came before its start, and leaves it out of no sum', async () => {
    const ledger = await home.open();
    const left = requestRecord({ id: 'tp_left', outcome: 'client_abort' });
    ledger.ended(left);
    ledger.started(left);
    await written(ledger);
    expect(linesOf(segment())).toMatchObject([{ seq: 0, type: 'end', request: { id: 'tp_left' } }]);
    await ledger.close();
    const again = await home.open();
    expect(again.today()).toMatchObject({ requests: 1, unpriced: 0 });
    await again.close();
  });

  it('knows what today came to, over a clean restart', async () => {
    const first = await home.open();
    first.ended(requestRecord({ id: 'tp_1' }));
    first.ended(requestRecord({ id: 'tp_2', outcome: 'upstream_timeout', tokens: null }));
    const today = first.today();
    await first.close();
    const second = await home.open();
    expect(second.today()).toEqual(today);
    expect(today).toMatchObject({
      requests: 2,
      errors: 1,
      cost_usd: 0.006,
      cost_picodollars: '6000000000',
      saved_usd: 0.002,
      unpriced: 0,
      tokens: { input: 10, cache_read: 100, cache_write: 20, cache_write_1h: 5, output: 50, reasoning: 7 },
    });
    await second.close();
  });

  it('keeps totals by day, model, provider and project', async () => {
    const ledger = await home.open();
    const caller = { ...requestRecord().caller, project: 'other' };
    const nextDay = requestRecord().time + 24 * 60 * 60 * 1000;
    ledger.ended(requestRecord());
    ledger.ended(requestRecord({ caller }));
    ledger.ended(requestRecord({ time: nextDay, model: 'gpt', provider: 'openai' }));
    const days = ledger.days('0000-00-00');
    expect(days.map(({ rows }) => rows.map(({ model, provider, project }) => [model, provider, project]))).toEqual([
      [
        ['claude-sonnet-4-6', 'anthropic', 'web'],
        ['claude-sonnet-4-6', 'anthropic', 'other'],
      ],
      [['gpt', 'openai', 'web']],
    ]);
    expect(ledger.days(days[1]!.day)).toEqual([days[1]]);
    await ledger.close();
  });

  it('counts requests to the loopback provider, but not its play money', async () => {
    const ledger = await home.open();
    ledger.ended(requestRecord({ provider: 'loopback' }));
    expect(ledger.today()).toMatchObject({ requests: 1, cost_usd: 0, saved_usd: 0, unpriced: 0 });
    await written(ledger);
    expect(linesOf(segment())[0]).toMatchObject({ demo: true });
    await ledger.close();
    const again = await home.open();
    expect(again.today()).toMatchObject({ requests: 1, cost_usd: 0 });
    await again.close();
  });

  it('counts play money where all is play', async () => {
    const ledger = await home.open({ demo: true });
    ledger.ended(requestRecord({ provider: 'loopback' }));
    expect(ledger.today().cost_usd).toBe(0.003);
    await ledger.close();
  });

  it('puts a corrected request in the place of what it counted for, once and again', async () => {
    const ledger = await home.open();
    const cut = requestRecord({
      id: 'tp_cut',
      exactness: 'partial',
      tokens: null,
      cost: { picodollars: null, savedPicodollars: null, unpricedReason: 'cut' },
    });
    ledger.ended(cut);
    expect(ledger.today()).toMatchObject({ requests: 1, unpriced: 1, estimated: 0, cost_picodollars: '0' });
    const estimated: RequestRecord = { ...requestRecord({ id: 'tp_cut' }), exactness: 'estimated' };
    ledger.corrected(estimated, cut);
    ledger.corrected({ ...estimated, cost: { picodollars: 5, savedPicodollars: -1, unpricedReason: null } }, estimated);
    const today = ledger.today();
    expect(today).toMatchObject({ requests: 1, unpriced: 0, estimated: 1, cost_picodollars: '5' });
    await ledger.close();

    for (const name of home.names('totals')) home.forget(name);
    const recounted = await home.open();
    expect(recounted.today()).toEqual(today);
    await recounted.close();
  });

  it('leaves a request that was exact as it is', async () => {
    const ledger = await home.open();
    const exact = requestRecord();
    ledger.ended(exact);
    ledger.corrected({ ...exact, cost: { picodollars: 1, savedPicodollars: 0, unpricedReason: null } }, exact);
    expect(ledger.today().cost_picodollars).toBe('3000000000');
    await ledger.close();
  });

  it('is the only reader of its files, whatever the umask and whoever made the directory before', async () => {
    const umask = process.umask(0);
    try {
      const ledger = await home.open();
      ledger.ended(requestRecord());
      await ledger.close();
    } finally {
      process.umask(umask);
    }
    expect(statSync(home.directory).mode & 0o777).toBe(0o700);
    const modes = home.names().map((name) => statSync(join(home.directory, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('saves its totals every few seconds, not for each request', async () => {
    const ledger = await home.open();
    for (let request = 0; request < 100; request++) ledger.ended(requestRecord({ id: `tp_${request}` }));
    await written(ledger);
    expect(home.names('totals')).toEqual([]);
    home.clock.advance(5000);
    while (!existsSync(join(home.directory, 'ledger-totals.json'))) await new Promise(setImmediate);
    await ledger.close();
  });

  it('saves in its totals what the disk would not take as records to the end', async () => {
    const write: FileSystem['write'] = (fd, bytes) =>
      bytes.includes('"type":"end"') ? Promise.reject(new Error('EIO')) : systemFiles.write(fd, bytes);
    const ledger = await home.open({ files: { ...systemFiles, write } });
    ledger.ended(requestRecord());
    await ledger.close();
    expect(ledger.health().dropped).toBe(1);
    const again = await home.open();
    expect(again.today().requests).toBe(1);
    await again.close();
  });

  it('writes no file at all in a run without requests', async () => {
    const ledger = await home.open();
    await ledger.close();
    expect(home.names()).toEqual([]);
  });

  it('bounds how many combinations of names a day can have', async () => {
    const ledger = await home.open();
    for (let model = 0; model < 300; model++) ledger.ended(requestRecord({ model: `model-${model}` }));
    const [day] = ledger.days('0000-00-00');
    expect(day!.rows).toHaveLength(257);
    expect(day!.rows.at(-1)).toMatchObject({ model: '(other)', provider: '(other)', project: '(other)', requests: 44 });
    expect(ledger.today().requests).toBe(300);
    await ledger.close();
  });

  it('writes on the thread that serves requests only while no stream is on its way', async () => {
    let quick = 0;
    const writeNow: typeof systemFiles.writeNow = (fd, bytes) => {
      quick++;
      return writeSync(fd, bytes);
    };
    const ledger = await home.open({ files: { ...systemFiles, writeNow } });
    const stream = requestRecord({
      id: 'tp_stream',
      outcome: null,
      intent: { kind: 'generate', streamed: true, tools: false, turn: null },
    });
    ledger.started(stream);
    ledger.ended(requestRecord({ id: 'tp_meanwhile' }));
    await written(ledger);
    expect(quick).toBe(0);
    stream.outcome = 'ok';
    ledger.ended(stream);
    await written(ledger);
    expect(quick).toBe(1);
    expect(linesOf(segment())).toHaveLength(3);
    await ledger.close();
  });
});
