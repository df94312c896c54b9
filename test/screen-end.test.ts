import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';
import { hasPseudoTerminals, openTerminal, type PseudoTerminal } from './support/pseudo-terminal.ts';

const escape = '\u001B';
const ctrlC = '\u0003';
const ctrlZ = '\u001A';

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

const urlOf = async (terminal: PseudoTerminal): Promise<string> =>
  (await terminal.wrote(/listening on \S*?(http:\/\/127\.0\.0\.1:\d+)/u))[1]!;

/** A request that the provider never answers; settles once the proxy has it in its hands. */
async function stall(url: string): Promise<void> {
  const body = JSON.stringify({ model: 'loopback-stall', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
  const headers = { 'content-type': 'application/json' };
  fetch(`${url}/v1/messages`, { method: 'POST', headers, body }).catch(() => undefined);
  await vi.waitFor(async () => {
    const health = (await (await fetch(`${url}/health`)).json()) as { in_flight_requests: number };
    expect(health.in_flight_requests).toBe(1);
  });
}

function expectGivenBack(terminal: PseudoTerminal): void {
  const raw = terminal.raw();
  expect(raw.lastIndexOf(`${escape}[?1049l`)).toBeGreaterThan(raw.lastIndexOf(`${escape}[?1049h`));
  expect(raw.lastIndexOf(`${escape}[?25h`)).toBeGreaterThan(raw.lastIndexOf(`${escape}[?25l`));
  const { before, after } = terminal.settings();
  expect(before).toContain('icanon');
  expect(after).toBe(before);
}

/** What makes the proxy's thread throw where nobody catches it, as soon as a file is there. */
function crashing(home: string): { readonly env: NodeJS.ProcessEnv; readonly crash: () => void } {
  const trigger = path.join(home, 'crash');
  const module = path.join(home, 'crashing.mjs');
  writeFileSync(
    module,
    `import { existsSync, rmSync } from 'node:fs';
     import { isMainThread } from 'node:worker_threads';
     const trigger = ${JSON.stringify(trigger)};
     if (!isMainThread) setInterval(() => {
       if (!existsSync(trigger)) return;
       rmSync(trigger);
       throw new Error('crashed by the test');
     }, 20).unref();`,
  );
  return {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(module).href}` },
    crash: () => writeFileSync(trigger, ''),
  };
}

describe.skipIf(!hasPseudoTerminals)('a terminal with a screen (by util-linux script) is given back', () => {
  it('at the first ctrl-c, and the second one ends it at once', async () => {
    const terminal = openTerminal(cli, ['start', '--port', '0']);
    const url = await urlOf(terminal);
    await terminal.shows(/Waiting for the first request/u);
    await stall(url);
    terminal.type(ctrlC);
    await terminal.shows(/requests in flight may go on for 10\.0s at most/u);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(130);
    expect(terminal.screen()).toContain('SIGINT: stopping at once');
    expectGivenBack(terminal);
  });

  it('on SIGTERM', async () => {
    const terminal = openTerminal(cli, ['start', '--demo', '--port', '0']);
    await terminal.shows(/5 requests/u);
    terminal.signal('SIGTERM');
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toContain('SIGTERM: draining');
    expectGivenBack(terminal);
  });

  it('by a proxy that is told to stop from elsewhere', async () => {
    const terminal = openTerminal(cli, ['start', '--port', '0']);
    await terminal.shows(/Waiting for the first request/u);
    expect((await cli.run(['stop'])).code).toBe(0);
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toContain('told to stop');
    expectGivenBack(terminal);
  });

  it('where it is gone itself: the proxy drains', async () => {
    const terminal = openTerminal(cli, ['start', '--port', '0', '--log-file', path.join(cli.home, 'proxy.log')]);
    await terminal.shows(/Waiting for the first request/u);
    const pid = terminal.pid();
    terminal.hangUp();
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 15_000 });
    const log = readFileSync(path.join(cli.home, 'proxy.log'), 'utf8');
    expect(log).toMatch(/the terminal is gone[^]*stopped/u);
  });

  it('to the shell that it was started from, until that continues it', async () => {
    const terminal = openTerminal(cli, ['-i'], { program: ['sh'], env: { PS1: '\\$ ' } });
    await terminal.shows(/\$ $/mu);
    const bin = path.join(import.meta.dirname, '../bin/tokenpak.js');
    terminal.type(`'${process.execPath}' '${bin}' start --demo --port 0\r`);
    await terminal.shows(/ 200 loopback/u);
    terminal.type(ctrlZ);
    await terminal.shows(/tokenpak is suspended[^]*Stopped/u);
    terminal.type('stty -a | tr " " "\\n" | grep icanon\r');
    await terminal.shows(/^icanon/mu);
    terminal.type('fg\r');
    await terminal.shows(/ 200 loopback/u);
    terminal.type('?');
    await terminal.shows(/shift-tab back/u);
    terminal.type(ctrlC);
    await terminal.shows(/stopped\n/u);
    terminal.type('exit\r');
    expect(await terminal.finished).toBe(0);
    expectGivenBack(terminal);
  });
});

describe.skipIf(!hasPseudoTerminals)('a crash of the proxy (by util-linux script)', () => {
  it('is shown, and the screen goes on when the proxy does; the last one ends both', async () => {
    const { env, crash } = crashing(cli.home);
    const terminal = openTerminal(cli, ['start', '--port', '0'], { env, columns: 140, rows: 40 });
    await terminal.shows(/UP 00:00:\d\d/u);
    crash();
    await terminal.shows(/LOST|the proxy does not answer/u);
    await terminal.shows(/UP 00:00:0\d/u);
    terminal.type('e');
    await terminal.shows(/the proxy crashed: Error: crashed by the test[^]*|the proxy runs again/u);
    await terminal.shows(/the proxy runs again/u);
    crash();
    await vi.waitFor(() => expect(existsSync(path.join(cli.home, 'crash'))).toBe(false), { timeout: 15_000 });
    await terminal.shows(/the proxy runs again[^]*the proxy runs again/u);
    crash();
    expect(await terminal.finished).toBe(70);
    expect(terminal.screen()).toContain('the proxy cannot be kept running');
    expectGivenBack(terminal);
  });
});
