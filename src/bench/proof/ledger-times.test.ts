import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readEndLine, readLedgerTimes } from './ledger-times.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'ledger-times-'));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const end = (time: string, read: number | null, overhead: number): string =>
  `{"v":1,"seq":1,"type":"end","mono":5,"request":{"version":1,"time":"${time}","latency_ms":{"read":${read},"overhead":${overhead},"total":9}}}`;

it('counts all requests, and takes the times of those that came in the spans', async () => {
  mkdirSync(path.join(home, 'data', 'ledger'), { recursive: true });
  const lines = [
    '{"v":1,"seq":0,"type":"start","id":"a"}',
    end('2026-11-22T12:00:00.500Z', 0.25, 0.5),
    end('2026-11-22T12:00:01.500Z', 4, 4),
    end('2026-11-22T12:00:02.500Z', null, 1.5),
    '{"v":1,"seq":9,"type":"end","torn',
  ];
  writeFileSync(path.join(home, 'data', 'ledger', '1.jsonl'), lines.join('\n'));
  const at = (seconds: number): number => Date.UTC(2026, 10, 22, 12, 0, seconds);
  const spans = [
    { from: at(0), to: at(1) },
    { from: at(2), to: at(3) },
  ];
  const { requests, overhead } = await readLedgerTimes(home, spans);
  expect(requests).toBe(3);
  expect([overhead.count, overhead.quantile(0.5), overhead.maxMs]).toEqual([2, 0.75, 1.5]);
});

it('begins with the first byte of the request: reading its body counts', () => {
  expect(readEndLine(end('2026-11-22T12:00:00.500Z', 2, 0.5))?.overheadMs).toBe(2.5);
});

it('takes no line for an end that only speaks of one', () => {
  expect(readEndLine('{"type":"start","name":"\\"type\\":\\"end\\""}')).toBeNull();
});
