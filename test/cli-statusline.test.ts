import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, type CommandLine } from './support/command-line.ts';

const bin = fileURLToPath(new URL('../bin/tokenpak.js', import.meta.url));
let cli: CommandLine;
beforeEach(() => void (cli = commandLine()));
afterEach(() => cli.close());

const plain = /^pak \$0\.00 run \| \$0\.00 day \| cache -?[\d%]* \| p99 (?:-|[\d.]+ms)\n$/u;

async function start(): Promise<string> {
  const { stdout } = await cli.run(['start', '--detach', '--port', '0', '--json']);
  return (JSON.parse(stdout) as { url: string }).url;
}

async function ask(url: string, session: string): Promise<void> {
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-claude-code-session-id': session },
    body: '{"model":"loopback-fast","max_tokens":1,"messages":[]}',
  });
  await answer.text();
}

function withInput(input: string, ...args: string[]): string {
  const env = { PATH: process.env.PATH, HOME: cli.home, TOKENPAK_HOME: cli.home };
  return spawnSync(process.execPath, [bin, 'statusline', ...args], { input, env, encoding: 'utf8' }).stdout;
}

/** Answers every request with the same. */
async function answering(status: number, body: string): Promise<{ port: number; close: () => void }> {
  const server = http.createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

describe('statusline', () => {
  it('is one line about the proxy that runs', async () => {
    const url = await start();
    expect(await cli.run(['statusline'])).toMatchObject({ code: 0, stdout: expect.stringMatching(plain), stderr: '' });
    await ask(url, 's-1');
    expect((await cli.run(['statusline', '--format', '{requests} {inflight}', '--url', url])).stdout).toBe('1 0\n');
    expect((await cli.run(['statusline', '--port', '1'])).stdout).toBe('pak off\n');
  });

  it('knows the session that Claude Code names', async () => {
    await ask(await start(), 's-1');
    expect(withInput('{"session_id":"s-1"}')).toMatch(/^pak \$0\.00 ses \| /u);
    expect(withInput('{"session_id":"s-2"}')).toMatch(/^pak \$0\.00 run \| /u);
    expect(withInput('no JSON', '--format', '{session}')).toBe('-\n');
  });

  it('does not wait for input that never comes', async () => {
    await start();
    const env = { PATH: process.env.PATH, HOME: cli.home, TOKENPAK_HOME: cli.home };
    const child = spawn(process.execPath, [bin, 'statusline'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(plain) });
  });

  it('says "pak off" and ends with 0 where no proxy answers', async () => {
    const off = { code: 0, stdout: 'pak off\n', stderr: '' };
    expect(await cli.run(['statusline'])).toEqual(off);
    expect(await cli.run(['statusline', '--format', '{run}'])).toEqual(off);
    expect(await cli.run(['statusline'], { TOKENPAK_HOME: 'relative' })).toEqual(off);
    const silent = http.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    expect(await cli.run(['statusline', '--url', `http://127.0.0.1:${port}`])).toEqual(off);
    silent.closeAllConnections();
    silent.close();
    for (const [status, body] of [
      [200, 'hello'],
      [200, '{}'],
      [500, '{"run":{}}'],
      [200, 'null'],
    ] as const) {
      const other = await answering(status, body);
      expect(await cli.run(['statusline', '--url', `http://127.0.0.1:${other.port}`])).toEqual(off);
      other.close();
    }
  });

  it('takes no other program for a proxy that has gone', async () => {
    await start();
    const run = path.join(cli.home, 'state', 'run');
    const [file] = readdirSync(run).filter((name) => name.endsWith('.json'));
    const instance = JSON.parse(readFileSync(path.join(run, file!), 'utf8')) as { instance: string };
    const stats = await fetch(`${(await cli.run(['status', '--json'])).stdout.match(/http:[^"]+/u)![0]}/stats`);
    const other = await answering(200, await stats.text());
    const home = path.join(cli.home, 'other');
    mkdirSync(path.join(home, 'state', 'run'), { recursive: true });
    const left = (changes: object): void =>
      writeFileSync(
        path.join(home, 'state', 'run', `${process.pid}.json`),
        JSON.stringify({ ...instance, pid: process.pid, port: other.port, ...changes }),
      );
    left({});
    expect((await cli.run(['statusline', '--home', home])).stdout).toMatch(plain);
    left({ instance: 'i-gone' });
    expect((await cli.run(['statusline', '--home', home])).stdout).toBe('pak off\n');
    other.close();
  });

  it('says what an exposed proxy wants', async () => {
    const other = await answering(401, '{"error":{}}');
    const { stdout } = await cli.run(['statusline', '--url', `http://127.0.0.1:${other.port}`]);
    expect(stdout).toBe('pak wants TOKENPAK_TOKEN\n');
    other.close();
  });

  it.each([
    [['--format', '{cost}'], 'Expected only {session} {run}'],
    [['--url', 'ftp://host'], 'Expected a URL such as'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await cli.run(['statusline', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('loads nothing heavy', async () => {
    const { stderr } = await cli.run(['statusline'], { NODE_DEBUG: 'esm' });
    for (const heavy of ['zod', 'undici', 'yaml', 'js-tiktoken', 'ink', 'react']) {
      expect(stderr).not.toContain(`/node_modules/${heavy}/`);
    }
    expect(stderr).toContain('/node_modules/commander/');
  });
});
