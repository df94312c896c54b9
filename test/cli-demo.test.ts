import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

describe('the demonstration', () => {
  it('has traffic of its own, needs no key, and leaves nothing behind', async () => {
    const demo = cli.launch(['start', '--demo', '--port', '0', '--json'], {
      TMPDIR: cli.home,
      HTTPS_PROXY: 'http://127.0.0.1:1',
    });
    await demo.printed(/"event":"ready"/u);
    const requests = (): Record<string, unknown>[] =>
      demo
        .stdout()
        .split('\n')
        .filter((line) => line.includes('"event":"request"'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await vi.waitFor(() => expect(requests().length).toBeGreaterThanOrEqual(6), { timeout: 15_000 });
    const first = requests();
    expect(first.every(({ provider }) => provider === 'loopback')).toBe(true);
    expect(new Set(first.map(({ dialect }) => dialect)).size).toBeGreaterThan(1);
    expect(first.some(({ stream }) => stream === true)).toBe(true);
    expect(first.some(({ tokens }) => (tokens as { cache_read: number } | null)?.cache_read)).toBe(true);
    demo.signal('SIGTERM');
    expect((await demo.finished).code).toBe(0);
    expect(readdirSync(cli.home)).toEqual([]);
  });
});

describe('the loopback provider alone', () => {
  it('answers as a server of its own until it is told to stop', async () => {
    const loopback = cli.launch(['loopback', '--json', '--seed', '3']);
    const [, url = ''] = await loopback.printed(/"url":"([^"]+)"/u);
    const body = JSON.stringify({ model: 'loopback', messages: [{ role: 'user', content: 'hi' }] });
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
    loopback.signal('SIGTERM');
    expect((await loopback.finished).code).toBe(0);
  });

  it('says when it cannot have its port', async () => {
    const first = cli.launch(['loopback', '--json']);
    const [, port = ''] = await first.printed(/"port":(\d+)/u);
    const second = await cli.run(['loopback', '--port', port]);
    expect(second.code).toBe(4);
    expect(second.stderr).toContain(`cannot listen on port ${port}`);
  });
});
