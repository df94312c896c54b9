import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeProxy } from '../../test/support/fake-proxy.ts';
import { speakStates } from './speak-states.ts';

let proxy: FakeProxy;
let url: string;
let stop: () => void = () => undefined;
let said: string[];
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  proxy = new FakeProxy();
  url = `http://127.0.0.1:${await proxy.listen()}`;
  said = [];
});
afterEach(async () => {
  stop();
  vi.useRealTimers();
  await proxy.die();
});

const speak = (): void => void (stop = speakStates({ print: (line) => void said.push(line) }, { url, token: null }));

/** Lets what is asked be answered. */
async function asked(): Promise<void> {
  while (!proxy.asked.includes('/health')) await new Promise((resolve) => setImmediate(resolve));
  await proxy.barrier();
  await proxy.barrier();
}

describe('a screen that is heard', () => {
  it('says what there is as soon as it is known, and from then on every five seconds', async () => {
    speak();
    vi.advanceTimersByTime(250);
    expect(said).toEqual([]);
    await asked();
    vi.advanceTimersByTime(250);
    expect(said).toEqual([`Connected to ${url}.`, expect.stringMatching(/ requests?, /u)]);
    proxy.tell('notice', { code: 'overload', message: 'requests are refused', skipped: null });
    await proxy.barrier();
    vi.advanceTimersByTime(4900);
    expect(said).toHaveLength(2);
    vi.advanceTimersByTime(100);
    expect(said.slice(2)).toEqual(['requests are refused.']);
  });

  it('says that nobody answers, without waiting for somebody', async () => {
    await proxy.die();
    speak();
    while (said.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      vi.advanceTimersByTime(250);
    }
    expect(said).toEqual([expect.stringMatching(/^the proxy does not answer: .*ECONNREFUSED/u)]);
  });
});
