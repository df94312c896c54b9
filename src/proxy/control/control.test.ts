import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { askControl, type Control, createControl, ensurePrivateDirectory, type Identity } from './index.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-control-'));
const socket = path.join(root, 'run', '1.sock');
const identity: Identity = { instance: 'abc', pid: 1, port: 8766, addresses: ['127.0.0.1'], version: '1.2.3' };
const open: Control[] = [];

async function control(handlers: Partial<Parameters<typeof createControl>[0]['handlers']> = {}): Promise<void> {
  const all = {
    identity: () => identity,
    stop: () => undefined,
    reload: () => Promise.resolve([]),
    change: async () => null,
    ...handlers,
  };
  open.push(await createControl({ path: socket, handlers: all }));
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  rmSync(path.join(root, 'run'), { recursive: true, force: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('the control socket', () => {
  it('says who answers', async () => {
    await control();
    expect(await askControl(socket, 'GET /identity')).toEqual({ status: 200, body: identity });
  });

  it('tells to stop, with or without a time', async () => {
    const times: (number | null)[] = [];
    await control({ stop: (drainMs) => times.push(drainMs) });
    expect(await askControl(socket, 'POST /stop')).toEqual({ status: 202, body: { draining: true } });
    await askControl(socket, 'POST /stop', { drain_ms: 250 });
    await askControl(socket, 'POST /stop', { drain_ms: null });
    expect(times).toEqual([null, 250, null]);
  });

  it.each([{ drain_ms: -1 }, { drain_ms: 'soon' }])('does not stop for a time that is none: %j', async (body) => {
    const times: unknown[] = [];
    await control({ stop: (drainMs) => times.push(drainMs) });
    expect((await askControl(socket, 'POST /stop', body))?.status).toBe(400);
    expect(times).toEqual([]);
  });

  it('tells what a reload had to say', async () => {
    await control({ reload: () => Promise.resolve(['a problem']) });
    expect(await askControl(socket, 'POST /reload')).toEqual({
      status: 422,
      body: { reloaded: false, problems: ['a problem'] },
    });
  });

  it('answers a handler that fails with an error, and goes on', async () => {
    await control({ reload: () => Promise.reject(new Error('no')) });
    expect((await askControl(socket, 'POST /reload'))?.status).toBe(500);
    expect((await askControl(socket, 'GET /identity'))?.status).toBe(200);
  });

  it('knows nothing else', async () => {
    await control();
    const status = await new Promise((resolve) => {
      http.get({ socketPath: socket, path: '/stop' }, (response) => resolve(response.resume().statusCode));
    });
    expect(status).toBe(404);
  });

  it('gives up on a body that is too large', async () => {
    await control();
    const answer = await askControl(socket, 'POST /stop', { padding: 'x'.repeat(10_000) });
    expect(answer?.status).toBe(500);
  });

  it('can be opened by its user alone, whatever the umask', async () => {
    const before = process.umask(0);
    await control();
    process.umask(before);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(socket)).mode & 0o777).toBe(0o700);
  });

  it('takes the place of one that was left behind', async () => {
    mkdirSync(path.dirname(socket), { mode: 0o700 });
    // Connecting to it is refused, as with a socket whose process has died.
    writeFileSync(socket, '');
    await control();
    expect((await askControl(socket, 'GET /identity'))?.status).toBe(200);
  });

  it('leaves one alone that somebody answers on', async () => {
    await control();
    await expect(control()).rejects.toThrow(`another process answers on ${socket}`);
    expect((await askControl(socket, 'GET /identity'))?.status).toBe(200);
  });

  it('is gone when it is closed', async () => {
    await control();
    await open.pop()?.close();
    expect(existsSync(socket)).toBe(false);
    expect(await askControl(socket, 'GET /identity')).toBeNull();
  });
});

describe('asking a control socket', () => {
  it('gives nothing where nobody answers', async () => {
    expect(await askControl(path.join(root, 'nothing.sock'), 'GET /identity')).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('gives nothing where somebody else answers', async () => {
    const other = path.join(root, 'other.sock');
    const server = net
      .createServer((connection) => connection.end('hello\n', () => connection.destroy()))
      .listen(other);
    expect(await askControl(other, 'GET /identity')).toBeNull();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe.skipIf(process.platform === 'win32')('a private directory', () => {
  const directory = path.join(root, 'private');
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is made for its owner alone, with all that lead to it', () => {
    ensurePrivateDirectory(path.join(directory, 'deeper'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('is closed when others can read it', () => {
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    ensurePrivateDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('is refused when others can write to it', () => {
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    expect(() => ensurePrivateDirectory(directory)).toThrow(`run: chmod 700 ${directory}`);
  });

  it.runIf(process.platform === 'linux')('is an error of the system where none can be made', () => {
    expect(() => ensurePrivateDirectory('/proc/tokenpak/state')).toThrow('ENOENT');
  });

  it('is refused when it is a file, below a file, or a symbolic link', () => {
    writeFileSync(directory, '');
    expect(() => ensurePrivateDirectory(directory)).toThrow('is not a directory');
    expect(() => ensurePrivateDirectory(path.join(directory, 'below'))).toThrow('is not a directory');
    rmSync(directory);
    symlinkSync(root, directory);
    expect(() => ensurePrivateDirectory(directory)).toThrow('is not a directory');
  });
});
