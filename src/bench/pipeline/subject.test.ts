import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InProcessAnswer } from '../../proxy/in-process.ts';
import { requestsInLedger } from '../accounting.ts';
import { parseMessage } from '../http-head.ts';
import { plainReply } from '../replies.ts';
import { runPipeline } from './run.ts';
import { openSubject, type Subject } from './subject.ts';

let home: string;
let subject: Subject;
let answer: InProcessAnswer;
beforeAll(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-pipeline-'));
  subject = await openSubject(home);
  answer = await subject.proxy.ask(subject.request);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a proxy without sockets', () => {
  it('sends an exchange through every stage, in their order', () => {
    const stages = answer.record.stages.map(({ stage }) => stage);
    const order = ['request-router', 'token-counter', 'rate-limiter', 'budgets', 'provider-router', 'circuit-breaker'];
    expect(stages).toEqual([...order, 'upstream']);
  });

  it('gives the answer of its provider, whole', () => {
    expect(answer).toMatchObject({ status: 200, bodyBytes: parseMessage(plainReply()).body.length });
  });

  it('knows the access key, and looks at limits, budgets, the route and the circuit', () => {
    const { caller, limits, budgets, route, attempts } = answer.record;
    expect(caller.key).toBe('bench');
    expect(limits.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(budgets.map(({ budget, verdict }) => [budget, verdict])).toEqual([['day all usd day', 'passed']]);
    expect(route).toMatchObject({ rule: 'routes[0]', candidates: [{ provider: 'anthropic', breaker: 'closed' }, {}] });
    expect(attempts).toMatchObject([{ provider: 'anthropic', status: 200, outcome: 'ok' }]);
  });

  it('counts tokens and money of the answer', () => {
    expect(answer.record).toMatchObject({ outcome: 'ok', tokens: { output: 120 }, cost: { unpricedReason: null } });
    expect(answer.record.cost.picodollars).toBeGreaterThan(0);
  });

  it('refuses who has no key', async () => {
    const headers = subject.request.headers.map((text) => (text.startsWith('tpk_') ? 'no-key' : text));
    await expect(subject.proxy.ask({ ...subject.request, headers })).rejects.toThrow(/access key/);
  });

  it('measures nothing but whole answers, and writes each of them into the ledger', async () => {
    const figures = await runPipeline(subject, { ms: 50, warmUpMs: 0 });
    expect(figures.exchanges).toBeGreaterThan(15);
    expect(figures.bytes).toBeGreaterThan(1000);
    expect(figures.p50Micros).toBeLessThanOrEqual(figures.p99Micros);
    await subject.proxy.close();
    // The one of the beginning, and one before each of the two measurements whose length is compared with.
    expect(requestsInLedger(home)).toBeGreaterThanOrEqual(figures.exchanges + 3);
  });
});
