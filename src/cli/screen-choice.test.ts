import { describe, expect, it } from 'vitest';
import type { Terminal } from './terminal.ts';
import { screenChoice, showsUnicode } from './screen-choice.ts';

const onTerminal = { device: { output: {}, input: null } } as unknown as Terminal;
const piped = { device: null };

describe('how a running proxy is shown', () => {
  it('is a screen on a terminal, and lines everywhere else', () => {
    expect(screenChoice({ tui: true }, onTerminal, { TERM: 'xterm' })).toBe('screen');
    expect(screenChoice({ tui: true }, piped, { TERM: 'xterm' })).toBe('lines');
    expect(screenChoice({ tui: false }, onTerminal, {})).toBe('lines');
    expect(screenChoice({ tui: true, json: true }, onTerminal, {})).toBe('lines');
  });

  it('is lines where a terminal can place no text, or nobody looks', () => {
    expect(screenChoice({ tui: true }, onTerminal, { TERM: 'dumb' })).toBe('lines');
    expect(screenChoice({ tui: true }, onTerminal, { CI: 'true' })).toBe('lines');
    expect(screenChoice({ tui: true }, onTerminal, { CI: '' })).toBe('screen');
    expect(screenChoice({ tui: true }, onTerminal, { CI: 'false' })).toBe('screen');
  });

  it('is sentences for a screen reader, but not where there is no terminal', () => {
    expect(screenChoice({ tui: true, screenReader: true }, onTerminal, {})).toBe('sentences');
    expect(screenChoice({ tui: true }, onTerminal, { INK_SCREEN_READER: 'true' })).toBe('sentences');
    expect(screenChoice({ tui: true, screenReader: true }, piped, {})).toBe('lines');
  });
});

describe('whether a terminal shows more than ASCII', () => {
  it('is told by the first locale variable that is set', () => {
    expect(showsUnicode({ LANG: 'en_US.UTF-8' }, 'linux')).toBe(true);
    expect(showsUnicode({ LANG: 'de_DE.utf8' }, 'linux')).toBe(true);
    expect(showsUnicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux')).toBe(false);
    expect(showsUnicode({ LC_ALL: '', LC_CTYPE: 'C.UTF-8' }, 'linux')).toBe(true);
    expect(showsUnicode({}, 'linux')).toBe(false);
    expect(showsUnicode({}, 'darwin')).toBe(true);
  });
});
