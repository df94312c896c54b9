import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { createJournal, type Journal, type LogLevel } from './journal.ts';
import type { EndedRequest } from './request-line.ts';
import type { Terminal } from './terminal.ts';

const request: EndedRequest = {
  time: 0,
  provider: 'openai',
  model: 'gpt',
  asked_model: 'gpt',
  project: null,
  status: 200,
  outcome: 'ok',
  tokens: null,
  cost_usd: 1,
  exactness: 'exact',
  latency_ms: { overhead: 1, total: 2 },
};

interface Setup {
  readonly journal: Journal;
  readonly shown: string[];
  readonly written: string[];
}

function setup(level: LogLevel, options: { json?: boolean; detached?: boolean; file?: boolean } = {}): Setup {
  const shown: string[] = [];
  const written: string[] = [];
  const show = (kind: string) => (text: unknown) =>
    void shown.push(`${kind} ${typeof text === 'string' ? text : JSON.stringify(text)}`);
  const terminal: Terminal = {
    color: new Chalk({ level: 0 }),
    interactive: false,
    device: null,
    ask: null,
    print: show('print'),
    json: show('json'),
    document: show('document'),
    rewrite: null,
    note: show('note'),
    warn: show('warn'),
    error: show('error'),
    onGone: () => undefined,
  };
  const journal = createJournal({ terminal, json: options.json ?? false, detached: options.detached ?? false });
  const file = options.file ? { write: (line: string) => void written.push(line), close: () => undefined } : null;
  journal.configure({ level, file, redact: (text) => text.replaceAll('secret', '[key]') });
  return { journal, shown, written };
}

describe('the journal', () => {
  it('says what is severe enough', () => {
    const { journal, shown } = setup('warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) journal.log(level, level);
    journal.request(request);
    expect(shown).toEqual(['warn warn', 'error error']);
  });

  it('says nothing that is a secret, on the terminal or in the log', () => {
    const { journal, shown, written } = setup('info', { file: true });
    journal.log('error', 'the secret');
    journal.failure('it broke', new Error('a secret'));
    expect([...shown, ...written].join('\n')).not.toContain('secret');
    expect(shown[1]).toContain('error it broke: Error: a [key]\n    at ');
  });

  it('writes a log of lines that begin with a time and a level', () => {
    const { journal, written } = setup('info', { file: true });
    journal.log('warn', 'one\n2026-01-01T00:00:00.000Z error forged \u001B[2J');
    journal.request(request);
    expect(written[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warn  one\n  2026-01-01T00:00:00.000Z error forged \[2J$/u);
    expect(written[1]).toMatch(/Z info  .* 200 openai /u);
  });

  it('has a detached proxy write to its log alone', () => {
    const { journal, shown, written } = setup('info', { file: true, detached: true });
    journal.log('error', 'broken');
    journal.request(request);
    expect(shown).toEqual([]);
    expect(written).toHaveLength(2);
  });

  it('tells requests as JSON when asked to', () => {
    const { journal, shown } = setup('info', { json: true });
    journal.request(request);
    expect(JSON.parse(shown[0]?.replace('json ', '') ?? '')).toEqual({ event: 'request', ...request });
  });

  it('goes to a screen while that has the terminal, but for requests and events, which it follows itself', () => {
    const { journal, shown, written } = setup('info', { file: true });
    const diverted: string[] = [];
    journal.divert((level, message) => diverted.push(`${level} ${message}`));
    journal.log('warn', 'a secret');
    journal.request(request);
    journal.event('a breaker opened');
    expect(diverted).toEqual(['warn a [key]']);
    expect(shown).toEqual([]);
    expect(written).toHaveLength(3);
    journal.divert(null);
    journal.log('info', 'again');
    journal.event('a breaker closed');
    expect(shown).toEqual(['note again', 'note a breaker closed']);
  });
});
