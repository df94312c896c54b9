import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlSocketPath } from '../proxy/config/index.ts';
import { type Control, createControl } from '../proxy/control/index.ts';
import { baseUrlOf, findProxy, type Instance, runningProxies, writeInstance } from './instances.ts';

let home: string;
let runtimeDir: string;
const controls: Control[] = [];

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-instances-'));
  runtimeDir = path.join(home, 'run');
  mkdirSync(runtimeDir, { mode: 0o700 });
});
afterEach(async () => {
  await Promise.all(controls.splice(0).map((control) => control.close()));
  rmSync(home, { recursive: true, force: true });
});

const instanceFile = (pid: number): string => path.join(runtimeDir, `${pid}.json`);
const instance = (pid: number, port: number): Instance => ({
  pid,
  start_time: '2026-11-22T12:00:00.000Z',
  port,
  host: '127.0.0.1',
  instance: `instance-${port}`,
  version: '1.2.3',
  detached: true,
  flags: {},
});

/** As a proxy of the given pid would. The pid need not exist: the control socket is what counts. */
async function run(pid: number, port: number, told = instance(pid, port)): Promise<void> {
  const handlers = {
    identity: () => ({ instance: `instance-${port}`, pid, port, addresses: ['127.0.0.1'], version: '1.2.3' }),
    stop: () => undefined,
    reload: () => Promise.resolve([]),
    change: () => Promise.resolve(null),
  };
  controls.push(await createControl({ path: controlSocketPath(runtimeDir, pid), handlers }));
  writeInstance(instanceFile(pid), told);
}

describe.skipIf(process.platform === 'win32')('a running proxy', () => {
  it('is found by its instance file', async () => {
    await run(101, 9001);
    const proxy = await findProxy(runtimeDir, undefined);
    expect(proxy.file).toEqual(instance(101, 9001));
    expect(proxy.baseUrl).toBe('http://127.0.0.1:9001');
    expect(statSync(instanceFile(101)).mode & 0o777).toBe(0o600);
  });

  it('is found by its port when there are several', async () => {
    await run(102, 9002);
    await run(101, 9001);
    expect((await runningProxies(runtimeDir)).map(({ file }) => file.port)).toEqual([9001, 9002]);
    expect((await findProxy(runtimeDir, 9002)).file.pid).toBe(102);
    await expect(findProxy(runtimeDir, undefined)).rejects.toMatchObject({
      exitCode: 2,
      message: 'several proxies run, on ports 9001, 9002; choose one with --port',
    });
  });

  it('is not one whose socket answers with another id: the file is of an earlier process of that pid', async () => {
    await run(101, 9001, { ...instance(101, 9001), instance: 'earlier' });
    expect(await runningProxies(runtimeDir)).toEqual([]);
  });

  it('is none where nothing runs', async () => {
    await expect(findProxy(runtimeDir, undefined)).rejects.toMatchObject({ exitCode: 3 });
    await expect(findProxy(runtimeDir, 9001)).rejects.toThrow('no proxy is running on port 9001');
    await expect(findProxy(path.join(home, 'nowhere'), undefined)).rejects.toMatchObject({ exitCode: 3 });
  });

  it('that died leaves a file, which is cleared away', async () => {
    writeInstance(instanceFile(4_194_305), instance(4_194_305, 9001));
    writeInstance(instanceFile(process.pid), instance(process.pid, 9002));
    expect(await runningProxies(runtimeDir)).toEqual([]);
    // Of a process that lives it is not ours to say that it is gone.
    expect(readdirSync(runtimeDir)).toEqual([`${process.pid}.json`]);
  });

  it.each(['', '{', '[]', 'null', '{"pid": "1"}'])('is none where the file holds %j', async (content) => {
    await run(101, 9001);
    writeFileSync(instanceFile(101), content);
    expect(await runningProxies(runtimeDir)).toEqual([]);
  });
});

describe('the address of a proxy', () => {
  it('has an IPv6 address in brackets', () => {
    expect(baseUrlOf({ host: '::1', port: 1 })).toBe('http://[::1]:1');
  });
});
