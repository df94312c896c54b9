import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';
import {
  hasPseudoTerminals,
  openTerminal,
  type PseudoTerminal,
  type TerminalOptions,
} from './support/pseudo-terminal.ts';

const ctrlC = '\u0003';
/** Colours of the palette, or beyond it. */
const color = /\u001B\[(?:[\d;]*;)?(?:3\d|4[0-8]|9\d|10[0-7])(?:;[\d;]*)?m/u;
/** Whatever is no colour, weight or reset. */
const movement = /\u001B(?!\[[\d;]*m)/u;

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

function demo(options: TerminalOptions & { readonly flags?: readonly string[] } = {}): PseudoTerminal {
  return openTerminal(cli, ['start', '--demo', '--port', '0', ...(options.flags ?? [])], options);
}

describe.skipIf(!hasPseudoTerminals)('the screen of a terminal (by util-linux script)', () => {
  it('fits it, whatever size it gets', async () => {
    const terminal = demo();
    await terminal.shows(/ 200 loopback/u);
    expect(terminal.raw()).toMatch(color);
    terminal.resize(60, 15);
    await terminal.shows(/─ overview ─/u);
    terminal.resize(140, 40);
    await terminal.shows(/─ 6 sessions ─/u);
    terminal.resize(100, 30);
    await terminal.shows(/^ tokenpak .*\n(?:╭.*╮\n(?:│.*│\n)+╰.*╯\n){3}.*\n 1-6 panel/u);
    terminal.resize(20, 5);
    const lines = (await terminal.shows(/^pak \$/u)).split('\n');
    expect(lines.slice(1).join('')).toBe('');
  });

  it('is one line on a tiny one', async () => {
    const terminal = demo({ columns: 20, rows: 5 });
    const lines = (await terminal.shows(/^pak \$/u)).split('\n');
    expect(lines.slice(1).join('')).toBe('');
    terminal.type('q');
    await terminal.wrote(/The proxy goes on/u);
  });

  it('has no colours with NO_COLOR, and says everything all the same', async () => {
    const terminal = demo({ env: { NO_COLOR: '1' } });
    await terminal.shows(/UP 00:00:\d\d[^]*loopback +CLOSED[^]* 200 loopback/u);
    expect(terminal.raw()).not.toMatch(color);
  });

  it.each<[string, TerminalOptions & { readonly flags?: readonly string[] }]>([
    ['--ascii', { flags: ['--ascii'] }],
    ['a locale that has nothing else', { env: { LC_ALL: 'C' } }],
  ])('is ASCII alone with %s', async (_, options) => {
    const terminal = demo(options);
    await terminal.shows(/- 1 cost -[^]* 200 loopback/u);
    terminal.type('?');
    await terminal.shows(/shift-tab back/u);
    // eslint-disable-next-line no-control-regex
    expect(terminal.raw()).toMatch(/^[\u0000-\u007F]*$/u);
  });

  it('says that keys are not read where standard input is something else; ctrl-c stops it', async () => {
    const terminal = demo({ stdin: '/dev/null' });
    await terminal.shows(/keys are not read: standard input is no terminal[^]*/u);
    await terminal.shows(/ 200 loopback/u);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toContain('SIGINT: draining');
    const { before, after } = terminal.settings();
    expect(after).toBe(before);
  });
});

describe.skipIf(!hasPseudoTerminals)('there is a line for each request instead (by util-linux script)', () => {
  it.each<[string, TerminalOptions & { readonly flags?: readonly string[] }]>([
    ['a terminal that cannot place text', { env: { TERM: 'dumb' } }],
    ['CI', { env: { CI: 'true' } }],
    ['--no-tui', { flags: ['--no-tui'] }],
  ])('with %s', async (_, options) => {
    const terminal = demo(options);
    await terminal.wrote(/\n\d\d:\d\d:\d\d 200 loopback /u);
    expect(terminal.raw()).not.toMatch(movement);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(0);
  });

  it('of JSON with --json', async () => {
    const terminal = demo({ flags: ['--json'], columns: 2000 });
    await terminal.wrote(/\{"event":"request".*"status":200/u);
    expect(terminal.raw()).not.toContain('\u001B');
  });
});
