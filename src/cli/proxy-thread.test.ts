import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { ProxyConfig } from '../proxy/config/config.ts';
import { ProxyThread, type Ready, StartError } from './proxy-thread.ts';

// Stands for the proxy: what it does is told by the configuration's `version`.
const fake = `
import { parentPort } from 'node:worker_threads';
let starts;
parentPort.on('message', ({ type, config, drainMs }) => {
  if (type === 'start' && config.version === 'taken') {
    parentPort.postMessage({ type: 'failed', name: 'Error', code: 'EADDRINUSE', message: 'in use' });
  } else if (type === 'start') {
    const port = config.listen.port || 4242;
    parentPort.postMessage({ type: 'log', level: 'info', message: 'told port ' + config.listen.port });
    parentPort.postMessage({ type: 'ready', port, address: { v4: '127.0.0.1', v6: null }, notices: [], instance: 'i' });
    if (config.version === 'crashes') setImmediate(() => { throw new Error('broken'); });
  } else if (type === 'reload' && config.version === 'crash-now') {
    process.exit(1);
  } else if (type === 'reload') {
    console.log('port ' + config.listen.port);
    parentPort.postMessage({ type: 'reloaded', problem: config.version === 'wrong' ? 'wrong' : null });
  } else {
    parentPort.postMessage({ type: 'stopped', clean: drainMs > 100 });
  }
});
`;
const directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-thread-'));
const script = path.join(directory, 'fake.mjs');
writeFileSync(script, fake);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const config = (version: string, port = 0): ProxyConfig => ({ version, listen: { port } }) as unknown as ProxyConfig;
const log: string[] = [];
const restarted = vi.fn<(ready: Ready) => void>();
const lost = vi.fn<() => void>();
const threads: ProxyThread[] = [];

function thread(file = script): ProxyThread {
  const events = { log: (level: string, message: string) => void log.push(`${level} ${message}`), restarted, lost };
  const made = new ProxyThread(pathToFileURL(file), events);
  threads.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(threads.splice(0).map((each) => each.kill()));
  vi.useRealTimers();
  vi.clearAllMocks();
  log.length = 0;
});

describe("the proxy's thread", () => {
  it('starts, reads its configuration again, and stops', async () => {
    const proxy = thread();
    expect(await proxy.start(config('a'))).toMatchObject({ port: 4242, instance: 'i' });
    expect(await proxy.reload(config('b'))).toBeNull();
    expect(await proxy.reload(config('wrong'))).toBe('wrong');
    expect(await proxy.stop(500)).toEqual({ clean: true });
    expect(lost).not.toHaveBeenCalled();
  });

  it('tells when requests were cut off at its end', async () => {
    const proxy = thread();
    await proxy.start(config('a'));
    expect(await proxy.stop(0)).toEqual({ clean: false });
  });

  it('tells why it could not start', async () => {
    const failure = thread().start(config('taken'));
    await expect(failure).rejects.toThrow(StartError);
    await expect(failure).rejects.toMatchObject({ code: 'EADDRINUSE', message: 'in use' });
  });

  it('tells when it could not even be loaded', async () => {
    const missing = thread(path.join(directory, 'missing.mjs'));
    await expect(missing.start(config('a'))).rejects.toThrow('ended unexpectedly');
    expect(log.join()).toContain('missing.mjs');
  });

  it('has what it prints logged, so that it does not disturb a screen', async () => {
    const proxy = thread();
    await proxy.start(config('a'));
    await proxy.reload(config('b'));
    await vi.waitFor(() => expect(log).toContain('warn port 0'));
  });

  it('comes back after a crash, on the port that it had', async () => {
    const proxy = thread();
    await proxy.start(config('a'));
    expect(await proxy.reload(config('crash-now'))).toContain('ended unexpectedly');
    await vi.waitFor(() => expect(restarted).toHaveBeenCalledOnce(), { timeout: 5000 });
    expect(restarted.mock.calls[0]?.[0].port).toBe(4242);
    expect(log).toContain('info told port 4242');
    // The port has not changed as far as the user is concerned: nothing is to be said about it.
    expect(await proxy.reload(config('b'))).toBeNull();
    await vi.waitFor(() => expect(log).toContain('warn port 4242'));
  });

  it('is given up at the third crash within a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await thread().start(config('crashes'));
    await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), { timeout: 10_000 });
    expect(restarted).toHaveBeenCalledTimes(2);
    expect(log.filter((line) => line.includes('the proxy crashed: Error: broken'))).toHaveLength(3);
  });

  it('is not started again once it is told to stop', async () => {
    const proxy = thread();
    await proxy.start(config('a'));
    await proxy.kill();
    expect(await proxy.stop(100)).toEqual({ clean: false });
    expect(restarted).not.toHaveBeenCalled();
    expect(lost).not.toHaveBeenCalled();
  });
});
