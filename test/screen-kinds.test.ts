import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';
import {
  hasPseudoTerminals,
  openTerminal,
  type PseudoTerminal,
  type TerminalOptions,
} from './support/pseudo-terminal.ts';

const escape = '\u001B';
const ctrlC = '\u0003';
/** Colours of the palette, or beyond it. */
const color = new RegExp(`${escape}\\[(?:[\\d;]*;)?(?:3\\d|4[0-8]|9\\d|10[0-7])(?:;[\\d;]*)?m`, 'u');
/** Whatever is no colour, weight or reset. */
const movement = new RegExp(`${escape}(?!\\[[\\d;]*m)`, 'u');

let cli: CommandLine;
beforeEach(() => (cli = commandLine()));
afterEach(() => cli.close());

interface Flagged extends TerminalOptions {
  readonly flags?: readonly string[];
}

function demo(options: Flagged = {}): PseudoTerminal {
  return openTerminal(cli, ['start', '--demo', '--port', '0', ...(options.flags ?? [])], options);
}

describe.skipIf(!hasPseudoTerminals)('the screen of a terminal (by util-linux script)', () => {
  it('fits it, whatever size it has and gets, one line if need be', async () => {
    const terminal = demo({ columns: 20, rows: 5 });
    const isLine = async (): Promise<void> => {
      const lines = (await terminal.shows(/^pak \$/u)).split('\n');
      expect(lines.slice(1).join('')).toBe('');
    };
    await isLine();
    terminal.resize(60, 15);
    await terminal.shows(/─ overview ─[^]* 200 loopback/u);
    terminal.resize(140, 40);
    await terminal.shows(/─ 6 sessions ─/u);
    terminal.resize(100, 30);
    await terminal.shows(/^ tokenpak .*\n(?:╭.*╮\n(?:│.*│\n)+╰.*╯\n){3}.*\n 1-6 panel/u);
    terminal.resize(20, 5);
    await isLine();
  });

  it('has colours, but not with NO_COLOR, which says everything all the same', async () => {
    const [colored, plain] = [demo(), demo({ env: { NO_COLOR: '1' } })];
    const shown = /UP 00:00:\d\d[^]*loopback +CLOSED[^]* 200 loopback/u;
    await Promise.all([colored.shows(shown), plain.shows(shown)]);
    expect(colored.raw()).toMatch(color);
    expect(plain.raw()).not.toMatch(color);
  });

  it('is ASCII alone with --ascii, and in a locale that has nothing else', async () => {
    const asked = async (options: Flagged): Promise<void> => {
      const terminal = demo(options);
      await terminal.shows(/- 1 cost -[^]* 200 loopback/u);
      terminal.type('?');
      await terminal.shows(/shift-tab back/u);
      expect(terminal.raw().match(/[\u0080-\uFFFF]/gu)).toBeNull();
    };
    await Promise.all([asked({ flags: ['--ascii'] }), asked({ env: { LC_ALL: 'C' } })]);
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

describe.skipIf(!hasPseudoTerminals)('sentences instead of a screen (by util-linux script)', () => {
  it.each([
    ['with --screen-reader', { flags: ['--screen-reader'] }],
    ['with INK_SCREEN_READER', { env: { INK_SCREEN_READER: 'true' } }],
  ])('are said %s, and no line for each request; ctrl-c stops it', async (_, options) => {
    const terminal = demo({ ...options, columns: 200 });
    await terminal.wrote(/Connected to http:\/\/127\.0\.0\.1:\d+\./u);
    await terminal.wrote(/\n[1-9]\d* requests, \d+ errors?, \d+ in flight\. Cost \$/u);
    expect(terminal.raw()).not.toMatch(movement);
    expect(terminal.raw()).not.toMatch(/\d\d:\d\d:\d\d 200/u);
    terminal.type(ctrlC);
    expect(await terminal.finished).toBe(0);
    expect(terminal.screen()).toContain('SIGINT: draining');
    const { before, after } = terminal.settings();
    expect(after).toBe(before);
  });
});

describe.skipIf(!hasPseudoTerminals)('there is a line for each request instead (by util-linux script)', () => {
  it('on a terminal that cannot place text, in CI, and with --no-tui', async () => {
    const asked = async (options: Flagged): Promise<void> => {
      const terminal = demo(options);
      await terminal.wrote(/\n\S*\d\d:\d\d:\d\d\S* \S*200\S* loopback /u);
      expect(terminal.raw()).not.toMatch(movement);
      terminal.type(ctrlC);
      expect(await terminal.finished).toBe(0);
    };
    await Promise.all([
      asked({ env: { TERM: 'dumb' } }),
      asked({ env: { CI: 'true' } }),
      asked({ flags: ['--no-tui'] }),
    ]);
  });

  it('of JSON with --json', async () => {
    const terminal = demo({ flags: ['--json'], columns: 2000 });
    await terminal.wrote(/\{"event":"request".*"status":200/u);
    expect(terminal.raw()).not.toContain('\u001B');
  });
});
