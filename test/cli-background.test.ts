import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

interface Started {
  readonly pid: number;
  readonly url: string;
  readonly log_file: string;
}

/**
 * A port that is free and stays so: one from the range that the system hands out could be another connection's by the
 * time a proxy comes back to it.
 */
async function lastingPort(): Promise<string> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = net.createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return String(port);
  }
}

const json = <Shape>(text: string): Shape => JSON.parse(text) as Shape;

async function detach(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const { code, stdout, stderr } = await cli.run(['start', '--detach', '--json', '--port', '0', ...args], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return json(stdout);
}

function send(url: string): Promise<Response> {
  const body = JSON.stringify({ model: 'loopback', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
  return fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

describe('a proxy in the background', () => {
  it('is there when start returns, is asked, and is gone when stop returns', async () => {
    const started = await detach();
    expect((await send(started.url)).status).toBe(200);

    const status = await cli.run(['status', '--json']);
    expect(status.code).toBe(0);
    expect(json(status.stdout)).toMatchObject({
      version: 1,
      url: started.url,
      pid: started.pid,
      health: { status: 'ok' },
      stats: { run: { requests: 1, errors: 0 } },
    });
    expect((await cli.run(['status'])).stdout).toMatch(/^ok {2}http.*\n.*requests.*\nthis run +1 +0 /u);
    expect((await cli.run(['health'])).stdout).toContain(`ok       ${started.url}  up 00:00:`);
    expect(readFileSync(started.log_file, 'utf8')).toContain(' 200 loopback ');

    expect(await cli.run(['stop'])).toMatchObject({ code: 0, stdout: 'stopped\n' });
    await expect(send(started.url)).rejects.toThrow('fetch failed');
    expect((await cli.run(['status'])).code).toBe(3);
    expect(readdirSync(path.join(cli.home, 'state', 'run'))).toEqual([]);
  });

  it('says why it did not start', async () => {
    const first = await detach();
    const { port } = new URL(first.url);
    const second = await cli.run(['start', '--detach', '--port', port]);
    expect(second).toMatchObject({ code: 4, stdout: '' });
    expect(second.stderr).toContain(`tokenpak is already running on ${port} (pid ${first.pid}`);
    expect((await cli.run(['start', '--detach', '--host', '0.0.0.0'])).code).toBe(5);
  });

  it('starts again as it was started', async () => {
    const before = await detach(['--port', await lastingPort(), '--log-level', 'debug'], { OPENAI_API_KEY: 'sk-1' });
    const { code, stdout, stderr } = await cli.run(['restart', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const after = json<Started>(stdout);
    expect(after.url).toBe(before.url);
    expect(after.pid).not.toBe(before.pid);
    expect((await send(after.url)).status).toBe(200);
  });

  it('reads its configuration again on SIGHUP, and keeps the old one when the new one is broken', async () => {
    const file = path.join(cli.home, 'tokenpak.yaml');
    const { pid, log_file: log } = await detach();
    const logged = (text: string): Promise<void> =>
      vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain(text), { timeout: 10_000 });
    writeFileSync(file, 'deadlines: { totalMs: 1500 }\n', { mode: 0o600 });
    process.kill(pid, 'SIGHUP');
    await logged('the configuration has been read again');
    const timeout = async (): Promise<unknown> =>
      json<{ request_timeout_seconds: number }>((await cli.run(['health', '--json'])).stdout).request_timeout_seconds;
    expect(await timeout()).toBe(1.5);

    writeFileSync(file, 'deadlines: { totalMs: soon }\n');
    process.kill(pid, 'SIGHUP');
    await logged('the old configuration stays');
    expect(readFileSync(log, 'utf8')).toContain(
      `${file}:1:14: deadlines.totalMs: expected a whole number of at least 0, got "soon"`,
    );
    expect(await timeout()).toBe(1.5);
  });

  it('is told apart from others by its port', async () => {
    const [one, two] = [await detach(), await detach()];
    const { code, stderr } = await cli.run(['status']);
    expect(code).toBe(2);
    expect(stderr).toContain('choose one with --port');
    const status = await cli.run(['status', '--json', '--port', new URL(two.url).port]);
    expect(json(status.stdout)).toMatchObject({ pid: two.pid });
    await cli.run(['stop', '--port', new URL(two.url).port]);
    await cli.run(['stop', '--port', new URL(one.url).port]);
  });

  it('is found again after it was killed: what it left behind is no obstacle', async () => {
    const { pid, url } = await detach(['--port', await lastingPort()]);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect((await cli.run(['status'])).code).toBe(3), { timeout: 10_000 });
    const { port } = new URL(url);
    const again = json<Started>((await cli.run(['start', '--detach', '--json', '--port', port])).stdout);
    expect(again.url).toBe(url);
  });

  it('waits for requests in flight as long as stop says', async () => {
    const { url } = await detach();
    const body = JSON.stringify({ model: 'loopback-stall', max_tokens: 9, messages: [] });
    const answer = fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await vi.waitFor(async () => {
      const health = (await (await fetch(`${url}/health`)).json()) as { in_flight_requests: number };
      expect(health.in_flight_requests).toBe(1);
    });
    expect((await cli.run(['stop', '--drain', '100ms'])).code).toBe(0);
    expect((await answer).headers.get('x-tokenpak-error')).toBe('draining');
  });
});

describe('an exposed proxy', () => {
  it('shows what it has done to who has its token', async () => {
    const env = { TOKENPAK_TOKEN: 'a-token-of-some-length' };
    await detach(['--host', '0.0.0.0', '--expose'], env);
    expect((await cli.run(['status'], env)).code).toBe(0);
    expect((await cli.run(['env'], env)).stdout).toContain("ANTHROPIC_BASE_URL='http://127.0.0.1:");
    const { code, stderr } = await cli.run(['status']);
    expect(code).toBe(1);
    expect(stderr).toContain('wants its token: set TOKENPAK_TOKEN');
  });

  it('has its token where its configuration says, and so have those who ask it', async () => {
    const config = path.join(cli.home, 'team.yaml');
    writeFileSync(config, 'listen: { host: 0.0.0.0, expose: true, tokenEnv: TEAM_TOKEN }\n');
    const env = { TEAM_TOKEN: 'a-token-of-some-length' };
    await detach(['--config', config], env);
    expect((await cli.run(['status'], env)).code).toBe(0);
    expect((await cli.run(['health'], env)).code).toBe(0);
    expect((await cli.run(['statusline'], env)).stdout).not.toContain('wants');
    expect((await cli.run(['statusline'])).stdout).toBe('pak wants TEAM_TOKEN\n');
    for (const command of [['status'], ['budget', 'list'], ['logs', '-f']]) {
      expect((await cli.run(command)).stderr).toContain('wants its token: set TEAM_TOKEN');
    }
  });
});

describe('a proxy in a terminal', () => {
  it('can be stopped from elsewhere, but not restarted', async () => {
    const proxy = cli.launch(['start', '--port', '0']);
    await proxy.printed(/listening/u);
    const restart = await cli.run(['restart']);
    expect(restart.code).toBe(1);
    expect(restart.stderr).toContain('runs in a terminal');
    expect((await cli.run(['stop'])).code).toBe(0);
    expect(await proxy.finished).toMatchObject({ code: 0 });
  });
});

describe('tokenpak env', () => {
  it('points clients at the proxy, by number', async () => {
    const { url } = await detach();
    const { stdout } = await cli.run(['env', '--shell', 'json']);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect(json(stdout)).toEqual({
      ANTHROPIC_BASE_URL: url,
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_BASE: `${url}/v1`,
      GOOGLE_GEMINI_BASE_URL: url,
    });
    expect((await cli.run(['env'], { SHELL: '/usr/bin/fish' })).stdout).toContain(
      `set -gx ANTHROPIC_BASE_URL '${url}'`,
    );
    expect((await cli.run(['env', '--unset'])).stdout).toContain('unset ANTHROPIC_BASE_URL');
  });

  it('prints nothing when somebody else answers on the address', async () => {
    const proxy = await detach();
    const [file = ''] = readdirSync(path.join(cli.home, 'state', 'run')).filter((name) => name.endsWith('.json'));
    // The file names a port that another program has taken; it even claims to be the same proxy.
    const instanceFile = path.join(cli.home, 'state', 'run', file);
    const instance = json<{ instance: string }>(readFileSync(instanceFile, 'utf8'));
    const squatter = http.createServer((_, response) =>
      response.end(JSON.stringify({ instance: instance.instance, requests_total: 1 })),
    );
    const port = await new Promise<number>((resolve) => {
      squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as { port: number }).port));
    });
    writeFileSync(instanceFile, JSON.stringify({ ...instance, port }));
    const { code, stdout, stderr } = await cli.run(['env']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain(`http://127.0.0.1:${port} does not answer as the proxy of pid ${proxy.pid}`);
    squatter.close();
  });
});

describe('tokenpak health', () => {
  it('asks a proxy that was started elsewhere, by its URL', async () => {
    const { url } = await detach();
    expect((await cli.run(['health', '--url', `${url}/`])).code).toBe(0);
    expect((await cli.run(['health', '--url', 'http://127.0.0.1:1'])).code).toBe(3);
  });

  it('ends with 1 where something else answers', async () => {
    const server = http.createServer((_, response) => response.end('{}'));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    expect((await cli.run(['health', '--url', `http://127.0.0.1:${port}`])).code).toBe(1);
    server.close();
  });
});
