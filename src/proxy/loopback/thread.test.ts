import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startLoopback } from './server.ts';
import { loopbackThread, type LoopbackThread } from './thread.ts';
import type * as ThreadModule from './thread.ts';

const thread: { current?: LoopbackThread } = {};
afterEach(() => thread.current?.close());

/** Hosts the provider in this thread, so that its start and its crash are in the test's hand. */
function hosts() {
  const crashes: (() => Promise<void>)[] = [];
  const start = async () => {
    const { url, close } = await startLoopback();
    let tellGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (tellGone = resolve));
    crashes.push(() => close().then(tellGone));
    return { url, gone, close };
  };
  return { start, crashes };
}

describe('the loopback thread', () => {
  it('starts at the first question, once however many ask', async () => {
    const { start, crashes } = hosts();
    thread.current = loopbackThread(start);
    expect(crashes).toHaveLength(0);
    const urls = await Promise.all([thread.current.url(), thread.current.url(), thread.current.url()]);
    expect([new Set(urls).size, crashes.length]).toEqual([1, 1]);
    expect((await fetch(`${urls[0]}/v1/models`)).status).toBe(200);
  });

  it('starts again after a crash', async () => {
    const { start, crashes } = hosts();
    thread.current = loopbackThread(start);
    await thread.current.url();
    await crashes[0]?.();
    expect((await fetch(`${await thread.current.url()}/v1/models`)).status).toBe(200);
    expect(crashes).toHaveLength(2);
  });

  it('tries again after a start that failed', async () => {
    const { start } = hosts();
    let failed = false;
    thread.current = loopbackThread(async () => {
      if (failed) return start();
      failed = true;
      throw new Error('no threads left');
    });
    await expect(thread.current.url()).rejects.toThrow('no threads left');
    expect(await thread.current.url()).toMatch(/^http:/);
  });

  it('closes, also when it was never started', async () => {
    const idle = loopbackThread(hosts().start);
    await idle.close();
    thread.current = loopbackThread(hosts().start);
    const url = await thread.current.url();
    await thread.current.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

/** A worker needs compiled files: this runs where the project is built. */
const built = new URL('../../../dist/proxy/loopback/thread.js', import.meta.url);

describe.runIf(existsSync(built))('the compiled loopback thread', () => {
  it('answers from a worker and is gone after it is closed', async () => {
    const compiled = ((await import(built.href)) as typeof ThreadModule).loopbackThread();
    const [url, again] = await Promise.all([compiled.url(), compiled.url()]);
    expect(again).toBe(url);
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
    await compiled.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
