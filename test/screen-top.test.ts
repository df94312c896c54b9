import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';
import { hasPseudoTerminals, openTerminal, type PseudoTerminal } from './support/pseudo-terminal.ts';

const escape = '\u001B';
const ctrlC = '\u0003';
/** Whatever is no colour, weight or reset. */
const movement = new RegExp(`${escape}(?!\\[[\\d;]*m)`, 'u');

interface Proxy {
  readonly url: string;
  readonly pid: number;
}

let cli: CommandLine;
/** Runs in the background while all of them look. */
let proxy: Proxy;
beforeAll(async () => {
  cli = commandLine();
  proxy = JSON.parse((await cli.run(['start', '--detach', '--port', '0', '--json'])).stdout) as Proxy;
});
afterAll(() => cli.close());

async function ask(): Promise<void> {
  const body = JSON.stringify({ model: 'loopback', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
  const headers = { 'content-type': 'application/json' };
  await (await fetch(`${proxy.url}/v1/messages`, { method: 'POST', headers, body })).text();
}

const lives = async (): Promise<number> => (await fetch(`${proxy.url}/livez`)).status;

function expectSane(terminal: PseudoTerminal): void {
  const { before, after } = terminal.settings();
  expect(before).toContain('icanon');
  expect(after).toBe(before);
}

describe.skipIf(!hasPseudoTerminals)('tokenpak top (by util-linux script)', () => {
  it('shows a proxy to as many as look, and changes it for all of them', async () => {
    const [one, two] = [openTerminal(cli, ['top']), openTerminal(cli, ['top'], { columns: 140, rows: 40 })];
    await Promise.all([one, two].map((terminal) => terminal.shows(/5 requests/u)));
    await ask();
    await Promise.all([one, two].map((terminal) => terminal.shows(/ 200 loopback/u)));
    one.type('By');
    await Promise.all([one, two].map((terminal) => terminal.shows(/FORCED OPEN/u)));
    one.type('By');
    await Promise.all([one, two].map((terminal) => terminal.shows(/loopback +CLOSED/u)));
    one.type('q');
    two.type(ctrlC);
    expect(await Promise.all([one.finished, two.finished])).toEqual([0, 0]);
    expectSane(one);
    expectSane(two);
    expect(await lives()).toBe(200);
  });

  it('changes nothing of a proxy that is named by its URL, and says so', async () => {
    const terminal = openTerminal(cli, ['top', '--url', proxy.url]);
    await ask();
    await terminal.shows(/read-only[^]*loopback +CLOSED/u);
    terminal.type('B');
    await terminal.shows(/read-only: attached by --url, nothing can be changed from here/u);
    terminal.signal('SIGTERM');
    expect(await terminal.finished).toBe(143);
    expectSane(terminal);
  });

  it('shows an exposed one to who has its token, wherever its configuration says that is', async () => {
    const other = commandLine();
    const config = path.join(other.home, 'team.yaml');
    writeFileSync(config, 'listen: { host: 0.0.0.0, expose: true, tokenEnv: TEAM_TOKEN }\n');
    const env = { TEAM_TOKEN: 'a-token-of-some-length' };
    await other.run(['start', '--detach', '--port', '0', '--config', config], env);
    const terminal = openTerminal(other, ['top'], { env });
    await terminal.shows(/ UP 00:\d\d:\d\d /u);
    terminal.type('q');
    expect(await terminal.finished).toBe(0);
    const stranger = openTerminal(other, ['top']);
    expect(await stranger.finished).toBe(1);
    expect(stranger.screen()).toMatch(/wants its token:\s+set\s+TEAM_TOKEN/u);
    await other.close();
  });

  it('says in sentences what happens to who hears it', async () => {
    const terminal = openTerminal(cli, ['top', '--screen-reader'], { columns: 200 });
    await terminal.wrote(/Connected to http:\/\/127\.0\.0\.1:\d+\./u);
    const before = Number((await terminal.wrote(/\n(\d+) requests?, /u))[1]);
    await ask();
    await terminal.wrote(new RegExp(`\\n${before + 1} requests?, \\d+ errors?, 0 in flight\\. Cost `, 'u'));
    expect(terminal.raw()).not.toMatch(movement);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(0);
    expectSane(terminal);
    expect(await lives()).toBe(200);
  });

  it('does not wait for one that was never there', async () => {
    for (const url of ['http://127.0.0.1:1', 'https://127.0.0.1:1']) {
      const terminal = openTerminal(cli, ['top', '--url', url]);
      expect(await terminal.finished).toBe(3);
      expect(terminal.screen()).toContain(`no proxy answers at ${url}`);
    }
    for (const url of [
      'ftp://127.0.0.1',
      '127.0.0.1:8766',
      'http://user:secret@127.0.0.1:1',
      'http://127.0.0.1:1/?a',
    ]) {
      expect((await cli.run(['top', '--url', url])).stderr).toContain('Expected a URL such as');
    }
  });

  it('needs a proxy, and a terminal', async () => {
    const other = commandLine();
    const terminal = openTerminal(other, ['top']);
    const [end, { code, stderr }] = await Promise.all([terminal.finished, cli.run(['top'])]);
    expect(end).toBe(3);
    expect(terminal.screen()).toContain('no proxy is running');
    await other.close();
    expect(code).toBe(2);
    expect(stderr).toContain('a screen needs a terminal');
  });
});

describe.skipIf(!hasPseudoTerminals)('tokenpak start where a proxy of ours has the port (by util-linux script)', () => {
  it('shows that one', async () => {
    const { port } = new URL(proxy.url);
    const terminal = openTerminal(cli, ['start', '--port', port]);
    await terminal.wrote(new RegExp(`tokenpak is already running on ${port} \\(pid ${proxy.pid}, `, 'u'));
    await terminal.shows(/5 requests/u);
    terminal.type('q');
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toMatch(/Attaching\.\s+Use --port for a second one\./u);
    expectSane(terminal);
    expect(await lives()).toBe(200);
  });

  it('does not, where no screen can be shown', async () => {
    const { port } = new URL(proxy.url);
    const terminal = openTerminal(cli, ['start', '--port', port], { env: { TERM: 'dumb' } });
    expect(await terminal.finished).toBe(4);
    expect(terminal.screen()).not.toContain('Attaching');
  });
});
