import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Journal } from './journal.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';

const log = vi.fn<Journal['log']>();
const failure = vi.fn<Journal['failure']>();
const journal = { log, failure } as unknown as Journal;
const drain = vi.fn<(drainMs: number | null) => Promise<void>>();
const kill = vi.fn<() => Promise<void>>();
const ending = vi.fn<() => void>();
const reload = vi.fn<() => Promise<void>>();
let lifecycle: Lifecycle;

function begin(detached = false): void {
  kill.mockResolvedValue();
  reload.mockResolvedValue();
  lifecycle = createLifecycle({ journal, detached, ending, drain, kill, reload });
}
const drainsForEver = (): void => void drain.mockReturnValue(new Promise(() => undefined));
const drainsAtOnce = (): void => void drain.mockResolvedValue();

/** Tells our listener alone: the test runner has its own. */
function tell(event: string, value?: unknown): void {
  const listener = process.listeners(event as NodeJS.Signals).at(-1) as ((value: unknown) => void) | undefined;
  listener?.(value);
}

afterEach(() => {
  lifecycle.dispose();
  vi.resetAllMocks();
});

describe('a running proxy', () => {
  it('gives the terminal back before it says anything of its end', () => {
    drainsForEver();
    begin();
    tell('SIGTERM');
    expect(ending.mock.invocationCallOrder[0]).toBeLessThan(log.mock.invocationCallOrder[0]!);
  });

  it.each(['SIGINT', 'SIGTERM'])('drains on %s and ends well', async (signal) => {
    drainsAtOnce();
    begin();
    tell(signal);
    expect(await lifecycle.ended).toBe(0);
    expect(drain).toHaveBeenCalledExactlyOnceWith(null);
    expect(log).toHaveBeenCalledWith('info', `${signal}: draining; once more to stop at once`);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('stops at once on a second %s, with %i', async (signal, code) => {
    drainsForEver();
    begin();
    tell('SIGTERM');
    tell(signal);
    expect(await lifecycle.ended).toBe(code);
    expect(kill).toHaveBeenCalledOnce();
    expect(drain).toHaveBeenCalledOnce();
  });

  it('drains when its terminal is gone', async () => {
    drainsAtOnce();
    begin();
    tell('SIGHUP');
    expect(await lifecycle.ended).toBe(0);
  });

  it('reads its configuration again on SIGHUP when it is detached', () => {
    begin(true);
    tell('SIGHUP');
    expect(reload).toHaveBeenCalledOnce();
    expect(drain).not.toHaveBeenCalled();
  });

  it('listens to SIGUSR1, which would open the inspector otherwise', () => {
    begin();
    expect(process.listenerCount('SIGUSR1')).toBeGreaterThan(0);
    tell('SIGUSR1');
    expect(drain).not.toHaveBeenCalled();
  });

  it.each(['uncaughtException', 'unhandledRejection'])('drains after an %s and ends with 70', async (event) => {
    drainsAtOnce();
    begin();
    const thrown = new Error('broken');
    tell(event, thrown);
    expect(await lifecycle.ended).toBe(70);
    expect(failure).toHaveBeenCalledWith(expect.any(String), thrown);
  });

  it('ends with 70 when its thread is lost', async () => {
    begin();
    lifecycle.lost();
    expect(await lifecycle.ended).toBe(70);
  });

  it('ends with 70 when it cannot drain', async () => {
    drain.mockRejectedValue(new Error('broken'));
    begin();
    tell('SIGTERM');
    expect(await lifecycle.ended).toBe(70);
  });

  it('drains for as long as it is told over the control socket', async () => {
    drainsAtOnce();
    begin();
    lifecycle.drain('told to stop', 250);
    expect(await lifecycle.ended).toBe(0);
    expect(drain).toHaveBeenCalledExactlyOnceWith(250);
  });

  it('leaves no listener behind', () => {
    const before = process.listenerCount('SIGTERM');
    begin();
    lifecycle.dispose();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
