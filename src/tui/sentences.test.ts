import { describe, expect, it } from 'vitest';
import { exampleState } from '../../test/support/screen/example-state.ts';
import { sentences } from './sentences.ts';
import type { DashboardState } from './state.ts';

const before = exampleState();
const snapshot = before.snapshot!;

/** A later state, in which nothing has happened but what is said. */
const later = (changes: Partial<DashboardState> = {}): DashboardState =>
  exampleState({ notices: before.notices, ...changes });

const run = (changes: Partial<typeof snapshot.run>): Partial<DashboardState> => ({
  snapshot: { ...snapshot, run: { ...snapshot.run, ...changes } },
});

describe('what has changed, in sentences', () => {
  it('is nothing where nothing has', () => {
    expect(sentences(before, later({ now: before.now + 5000 }))).toEqual([]);
  });

  it('is at first where it is connected to, and what there is', () => {
    const [connected, total, ...rest] = sentences(null, later({ notices: [] }));
    expect(connected).toBe('Connected to http://127.0.0.1:8766.');
    expect(total).toBe(
      '570 requests, 3 errors, 2 in flight. Cost $4.18, an estimate. Today $11.02. Prompt cache 92%. Overhead p99 12ms.',
    );
    expect(rest).toEqual([]);
  });

  it('tells that the proxy is gone, once, and that it is back', () => {
    const lost = later({ connection: { state: 'lost', since: 1 } });
    expect(sentences(before, lost)).toEqual(['The proxy does not answer.']);
    expect(sentences(lost, lost)).toEqual([]);
    expect(sentences(lost, before)).toEqual(['Connected to http://127.0.0.1:8766.']);
    expect(sentences(null, later({ connection: { state: 'connecting' }, snapshot: null, notices: [] }))).toEqual([]);
  });

  it('tells of a breaker by its word', () => {
    const health = before.health!;
    const circuits = health.circuit_breakers;
    const opened = {
      ...health,
      circuit_breakers: { ...circuits, anthropic: { ...circuits['anthropic']!, state: 'open' as const } },
    };
    expect(sentences(before, later({ health: opened }))).toEqual(['The breaker of anthropic is OPEN.']);
  });

  it('tells of new warnings, oldest first, and of nothing else that happened', () => {
    const notice = (level: 'info' | 'warn', message: string) => ({ time: 1, level, message });
    const notices = [
      notice('warn', 'second'),
      notice('info', 'nothing'),
      notice('warn', 'fi\u001B[2Jrst'),
      ...before.notices,
    ];
    expect(sentences(before, later({ notices }))).toEqual(['fi[2Jrst.', 'second.']);
  });

  it('counts as people speak', () => {
    expect(sentences(before, later(run({ requests: 1, errors: 1 })))[0]).toMatch(/^1 request, 1 error, 2 in flight\./u);
    expect(sentences(before, later(run({ requests: 2, errors: 0 })))[0]).toMatch(/^2 requests, 0 errors, /u);
  });

  it('says how much is not priced, and is silent of what is not measured', () => {
    const latency = { ...snapshot.run.latency_ms, overhead: null };
    const [total] = sentences(before, later(run({ requests: 571, unpriced: 2, latency_ms: latency })));
    expect(total).toContain('Cost $4.18 and 2 of unknown price, an estimate.');
    expect(total).not.toContain('Overhead');
  });
});
