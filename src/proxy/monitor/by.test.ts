import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { RequestRecord } from '../record.ts';
import { measure } from './measured.ts';
import { createBreakdowns, type Breakdowns } from './by.ts';

function add(breakdowns: Breakdowns, overrides: Partial<RequestRecord> = {}): void {
  const record = requestRecord(overrides);
  breakdowns.add(measure(record, false));
}

function callerNamed(project: string | null): RequestRecord['caller'] {
  return { address: '127.0.0.1', key: null, project, session: null, agent: null };
}

describe('breakdowns', () => {
  it('count a request under each of its names', () => {
    const breakdowns = createBreakdowns();
    add(breakdowns);
    add(breakdowns, { model: 'claude-haiku-4-5' });
    const { model, provider, project, session, agent } = breakdowns.toJson();
    expect(model['claude-sonnet-4-6']?.requests).toBe(1);
    expect(model['claude-haiku-4-5']?.requests).toBe(1);
    expect(provider['anthropic']?.requests).toBe(2);
    expect(project['web']?.requests).toBe(2);
    expect(session['session-1']?.requests).toBe(2);
    expect(agent['claude-cli/2.1']?.requests).toBe(2);
  });

  it('leave out names that a request does not have', () => {
    const breakdowns = createBreakdowns();
    add(breakdowns, { caller: callerNamed(null), model: null });
    expect(breakdowns.toJson()).toMatchObject({ model: {}, project: {}, session: {}, agent: {} });
  });

  it('hold 256 names however many come, and lose no request', () => {
    const breakdowns = createBreakdowns();
    for (let n = 0; n < 100_000; n++) add(breakdowns, { model: `invented-${n}` });
    const models = breakdowns.toJson().model;
    expect(Object.keys(models)).toHaveLength(257);
    expect(models['other']?.requests).toBe(100_000 - 256);
    expect(models['invented-99999']?.requests).toBe(1);
  });

  it('keep a name that is still in use while others come and go', () => {
    const breakdowns = createBreakdowns();
    for (let n = 0; n < 1000; n++) {
      add(breakdowns, { model: 'steady' });
      add(breakdowns, { model: `passing-${n}` });
    }
    expect(breakdowns.toJson().model['steady']?.requests).toBe(1000);
  });

  it('do not keep a name that is longer than a name', () => {
    const breakdowns = createBreakdowns();
    add(breakdowns, { model: 'm'.repeat(1_000_000) });
    expect(Object.keys(breakdowns.toJson().model)).toEqual(['other']);
  });

  it('take names that mean something to JavaScript', () => {
    const breakdowns = createBreakdowns();
    add(breakdowns, { caller: callerNamed('__proto__') });
    add(breakdowns, { caller: callerNamed('constructor') });
    const json = JSON.stringify(breakdowns.toJson().project);
    expect(json).toContain('"__proto__":{"requests":1');
    expect(json).toContain('"constructor":{"requests":1');
  });

  it('tell of one session, and of an unknown one that it is not known', () => {
    const breakdowns = createBreakdowns();
    add(breakdowns);
    expect(breakdowns.session('session-1')?.requests).toBe(1);
    expect(breakdowns.session('session-2')).toBeNull();
  });
});
