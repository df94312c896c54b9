import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';
import { hasPseudoTerminals, openTerminal, type PseudoTerminal } from './support/pseudo-terminal.ts';

const escape = '\u001B';
const ctrlC = '\u0003';

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

const demo = (): PseudoTerminal => openTerminal(cli, ['start', '--demo', '--port', '0']);

const urlOf = async (terminal: PseudoTerminal): Promise<string> =>
  (await terminal.wrote(/listening on \S*?(http:\/\/127\.0\.0\.1:\d+)/u))[1]!;

describe.skipIf(!hasPseudoTerminals)('tokenpak start on a terminal (by util-linux script)', () => {
  it('serves first, then shows what happens, and gives the terminal back as it was', async () => {
    const terminal = demo();
    const url = await urlOf(terminal);
    const screen = await terminal.shows(/ 200 loopback/u);
    expect(screen).toMatch(/^ tokenpak {2}UP 00:00:\d\d {2}127\.0\.0\.1:\d+ /u);
    for (const title of ['1 cost', '2 cache', '3 latency ms', '4 providers', '5 requests']) {
      expect(screen).toContain(`─ ${title} ─`);
    }
    const raw = terminal.raw();
    expect(raw.indexOf('listening on')).toBeLessThan(raw.indexOf(`${escape}[?1049h`));
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toMatch(/tokenpak \S+ listening on .*\n[^]*SIGINT: draining; once more to stop at once/u);
    expect(terminal.screen()).toMatch(/\nstopped\n/u);
    const { before, after } = terminal.settings();
    expect(before).toContain('icanon');
    expect(after).toBe(before);
    expect(terminal.raw()).not.toContain(`${escape}[3J`);
  });

  it('does with every key what the help says', async () => {
    const terminal = demo();
    // More than a page of them.
    await terminal.shows(/(?:[7-9]|1\d) of \d+ {2}newest first/u);
    const press = (keys: string, pattern: RegExp): Promise<string> => {
      terminal.type(keys);
      return terminal.shows(pattern);
    };
    const first = /cost │\n│ >/u;
    const second = /cost │\n│ {2}.*\n│ >/u;
    // Standing still, so that each key alone changes what is shown.
    await press('p', /paused/u);
    await press('G', />.*\n╰/u);
    await press('g', first);
    await press('j', second);
    await press('k', first);
    await press(`${escape}[B`, second);
    await press(`${escape}[A`, first);
    await press('n', second);
    await press('N', first);
    await press(`${escape}[6~`, /│ {2}\d.*\n(?:.*\n){1,4}│ >.*\n/u);
    await press(`${escape}[5~`, first);
    await press('w', / 1h {2}/u);
    await press('s', /sort cost {2}/u);
    await press('S', /sort cost up/u);
    await press('ssssS', /newest first/u);
    await press('m', /tok\/m/u);
    await press('mm', /\$\S*\/min/u);
    await press('v', /[▁▂▃▄▅▆▇█]/u);
    await press('vv', /[⣀-⣿]/u);
    await press('6', /6 sessions/u);
    await press('\t', /5 requests/u);
    await terminal.hides(/>\d\d:/u);
    await press(`${escape}[Z`, /6 sessions/u);
    await press('4', />loopback/u);
    await press('5', />\d\d:/u);
    await press('?', /shift-tab back/u);
    await press(escape, /5 requests/u);
    await press('e', /> {2}events/u);
    await press('e', /5 requests/u);
    terminal.type('p');
    await terminal.hides(/paused/u);
    await press('f', /following/u);
    terminal.type('f');
    await terminal.hides(/following/u);
    await press('B', /breaker of loopback: open it/u);
    await press('n', /q leave/u);
    await press('A', /no hard budget/u);
    await press('By', /FORCED OPEN/u);
    await press('By', /CLOSED/u);
    terminal.type('\u001A');
    // Without a shell that could continue it, it comes back by itself.
    await terminal.wrote(/tokenpak is suspended/u);
    await terminal.shows(/5 requests/u);
    terminal.type('y');
    await terminal.wrote(/\]52;c;[\w+/=]+\W/u);
    await terminal.shows(/copied as curl/u);
  });

  it('shows one request, and its JSON in the pager', async () => {
    const terminal = openTerminal(cli, ['start', '--demo', '--port', '0'], { env: { PAGER: 'cat; read -r line; :' } });
    await terminal.shows(/ 200 loopback/u);
    terminal.type('/status:200\r');
    await terminal.shows(/filter status:200/u);
    terminal.type('\r');
    const screen = await terminal.shows(/began at, took/u);
    expect(screen).toMatch(/POST \/v1\S+ {2}200/u);
    terminal.type('J');
    await terminal.shows(/"cost_parts"/u);
    terminal.type('\r');
    await terminal.shows(/timeline ms/u);
    terminal.type(`${escape}`);
    await terminal.shows(/filter status:200/u);
  });

  it('goes on without its screen: q leaves it, the proxy answers, and every request is a line', async () => {
    const terminal = demo();
    const url = await urlOf(terminal);
    await terminal.shows(/5 requests/u);
    terminal.type('q');
    await terminal.shows(/The proxy goes on at http/u);
    expect(terminal.screen().replaceAll('\n', '')).toContain(`'tokenpak top --url ${url}' shows the screen again`);
    await terminal.shows(/^\d\d:\d\d:\d\d 200 loopback /mu);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toContain('SIGINT: draining');
    const { before, after } = terminal.settings();
    expect(after).toBe(before);
  });
});
