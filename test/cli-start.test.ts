import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandLine, commandLine, type Launched } from './support/command-line.ts';

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

const anthropicBody = JSON.stringify({
  model: 'loopback-tokens-5',
  max_tokens: 9,
  messages: [{ role: 'user', content: 'hi' }],
});

interface Proxy extends Launched {
  readonly url: string;
}

async function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Proxy> {
  const launched = cli.launch(['start', '--port', '0', ...args], env);
  const [, url = ''] = await launched.printed(/(http:\/\/127\.0\.0\.1:\d+)/u);
  return { ...launched, url };
}

function ask(url: string, model?: string): Promise<Response> {
  const body = model === undefined ? anthropicBody : anthropicBody.replace('loopback-tokens-5', model);
  return fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

describe('tokenpak start', () => {
  it('serves, says a line for each request, and drains on SIGTERM', async () => {
    const proxy = await start();
    expect((await ask(proxy.url)).status).toBe(200);
    await proxy.printed(/^\d\d:\d\d:\d\d 200 loopback .* out 5 .*\n/mu);
    proxy.signal('SIGTERM');
    const { code, stdout, stderr } = await proxy.finished;
    expect(code).toBe(0);
    expect(stdout).toContain(`listening on ${proxy.url}  (pid ${proxy.pid})`);
    expect(stderr).toContain('SIGTERM: draining; once more to stop at once');
    expect(stderr).toContain('\nstopped\n');
  });

  it('speaks JSON when asked to', async () => {
    const proxy = await start(['--json']);
    await ask(proxy.url);
    await proxy.printed(/"event":"request"/u);
    proxy.signal('SIGINT');
    const { code, stdout } = await proxy.finished;
    const [ready, request] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(ready).toMatchObject({ event: 'ready', url: proxy.url, pid: proxy.pid });
    expect(request).toMatchObject({ event: 'request', provider: 'loopback', status: 200, tokens: { output: 5 } });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('stops at once on a second %s, with %i', async (signal, code) => {
    const proxy = await start();
    const cut = ask(proxy.url, 'loopback-stall').then(
      () => 'answered',
      () => 'cut',
    );
    await vi.waitFor(async () => {
      const health = (await (await fetch(`${proxy.url}/health`)).json()) as { in_flight_requests: number };
      expect(health.in_flight_requests).toBe(1);
    });
    proxy.signal(signal);
    await proxy.printed(/draining/u);
    proxy.signal(signal);
    expect((await proxy.finished).code).toBe(code);
    expect(await cut).toBe('cut');
  });

  it('waits for what is in flight, but no longer than it is told to', async () => {
    const proxy = await start(['--drain', '300ms']);
    const answer = ask(proxy.url, 'loopback-stall').catch(() => null);
    await vi.waitFor(async () => {
      const health = (await (await fetch(`${proxy.url}/health`)).json()) as { in_flight_requests: number };
      expect(health.in_flight_requests).toBe(1);
    });
    proxy.signal('SIGTERM');
    const { code, stderr } = await proxy.finished;
    expect(code).toBe(0);
    expect(stderr).toContain('stopped; requests were cut off');
    expect((await answer)?.headers.get('x-tokenpak-error')).toBe('draining');
  });

  it('drains when its terminal is gone', async () => {
    const proxy = await start();
    proxy.signal('SIGHUP');
    expect(await proxy.finished).toMatchObject({ code: 0 });
  });

  it('does not open the inspector on SIGUSR1', async () => {
    const proxy = await start();
    proxy.signal('SIGUSR1');
    expect((await fetch(`${proxy.url}/livez`)).status).toBe(200);
    proxy.signal('SIGTERM');
    expect((await proxy.finished).stderr).not.toContain('Debugger listening');
  });

  it('goes on when nobody reads what it says', async () => {
    const proxy = await start();
    proxy.hangUp();
    for (let request = 0; request < 3; request++) expect((await ask(proxy.url)).status).toBe(200);
    proxy.signal('SIGTERM');
    expect((await proxy.finished).code).toBe(0);
  });

  it('keeps its files for its user alone', async () => {
    const before = process.umask(0);
    const proxy = await start(['--log-file', 'log/../proxy.log']);
    process.umask(before);
    await ask(proxy.url);
    await vi.waitFor(() => expect(readFileSync(path.join(cli.home, 'proxy.log'), 'utf8')).toContain(' 200 loopback '));
    const files = readdirSync(cli.home, { recursive: true, encoding: 'utf8' }).map((name) => path.join(cli.home, name));
    const open = files.filter((file) => (statSync(file).mode & 0o077) !== 0);
    expect(files.length).toBeGreaterThan(5);
    expect(open).toEqual([]);
  });

  it('shows a held key to nobody', async () => {
    const key = 'sk-canary-0123456789abcdef';
    const proxy = await start(['--log-file', 'proxy.log', '--log-level', 'debug'], { OPENAI_API_KEY: key });
    await ask(proxy.url);
    await fetch(`${proxy.url}/v1/messages?key=${key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    proxy.signal('SIGTERM');
    const { stdout, stderr } = await proxy.finished;
    const files = readdirSync(cli.home, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    expect([stdout, stderr, ...files].join('\n')).not.toContain('canary');
  });
});

describe('tokenpak start does not start', () => {
  it('when a proxy has the port', async () => {
    const proxy = await start();
    const port = new URL(proxy.url).port;
    const { code, stdout, stderr } = await cli.run(['start', '--port', port]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`tokenpak is already running on ${port} \\(pid ${proxy.pid}, [\\d.]+, up 00:00:\\d\\d\\)`, 'u'),
    );
  });

  it('when a proxy of another home has it', async () => {
    const other = commandLine();
    const launched = other.launch(['start', '--port', '0']);
    const [, port = ''] = await launched.printed(/127\.0\.0\.1:(\d+)/u);
    const { code, stderr } = await cli.run(['start', '--port', port]);
    expect(code).toBe(4);
    expect(stderr).toContain(`port ${port} is in use by a tokenpak proxy of another user or home`);
    await other.close();
  });

  it('when another program has it, which it names', async () => {
    const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await cli.run(['start', '--port', String(port)]);
    expect(code).toBe(4);
    expect(stderr).toContain(`error: port ${port} is in use by `);
    const holder = process.platform === 'linux' ? `(pid ${process.pid}), not a tokenpak proxy.` : 'in use by ';
    expect(stderr).toContain(holder);
    expect(stderr).toContain(`try    tokenpak start --port ${port + 1}`);
    await new Promise((resolve) => server.close(resolve));
  });

  it('on an address that is not of this machine', async () => {
    const { code, stderr } = await cli.run(['start', '--port', '0', '--host', '192.0.2.1', '--expose'], {
      TOKENPAK_TOKEN: 'long-enough',
    });
    expect({ code, stderr }).toEqual({ code: 4, stderr: 'error: 192.0.2.1 is no address of this machine\n' });
  });

  it('on an address that others can reach, unless it is told to and has a token', async () => {
    expect((await cli.run(['start', '--host', '0.0.0.0'])).code).toBe(5);
    expect((await cli.run(['start', '--host', '0.0.0.0', '--expose'])).code).toBe(5);
  });

  it('with a broken configuration, of which it lists every problem', async () => {
    writeFileSync(path.join(cli.home, 'tokenpak.yaml'), 'listen:\n  prot: 1\nmetrics: maybe\n', { mode: 0o600 });
    const { code, stdout, stderr } = await cli.run(['start', '--port', '0']);
    const file = path.join(cli.home, 'tokenpak.yaml');
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toBe(
      `error: the configuration has 2 problems
  ${file}:2:3: listen.prot: expected a known key; did you mean port?
  ${file}:3:1: metrics: expected one of: on, off, got "maybe"
`,
    );
    expect(existsSync(path.join(cli.home, 'state'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('when others can write to its state', async () => {
    const state = path.join(cli.home, 'state');
    mkdirSync(state);
    chmodSync(state, 0o777);
    const { code, stderr } = await cli.run(['start', '--port', '0']);
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: `error: others can write to ${state}; run: chmod 700 ${state}\n`,
    });
  });

  it.skipIf(process.platform === 'win32')('when its data directory is a link to somewhere else', async () => {
    symlinkSync('/tmp', path.join(cli.home, 'data'));
    const { code, stderr } = await cli.run(['start', '--port', '0']);
    expect(code).toBe(5);
    expect(stderr).toContain('is not a directory');
  });
});

describe('tokenpak start without a place to write', () => {
  // Not even root can make a directory there.
  it.runIf(process.platform === 'linux')('serves all the same, with a warning', async () => {
    const proxy = await start([], { TOKENPAK_HOME: '/sys/tokenpak' });
    expect((await ask(proxy.url)).status).toBe(200);
    await proxy.printed(/^\d\d:\d\d:\d\d 200 loopback /mu);
    expect(proxy.stderr()).toMatch(/warning: nothing can be written to \/sys\/tokenpak\/state \(E[A-Z]+\)/u);
    proxy.signal('SIGTERM');
    expect((await proxy.finished).code).toBe(0);
  });
});
