import { Chalk } from 'chalk';
import type { LogFile } from './log-file.ts';
import { type EndedRequest, requestLine } from './request-line.ts';
import { plainText } from '../tui/plain-text.ts';
import type { Terminal } from './terminal.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

interface JournalSettings {
  readonly level: LogLevel;
  readonly file: LogFile | null;
  /** Takes credentials out of a text. */
  readonly redact: (text: string) => string;
}

/** Where everything is said that happens while a proxy runs: on the terminal, in the log file, or in both. */
export interface Journal {
  /** Until this is called, all but `debug` is said, on the terminal alone. */
  readonly configure: (settings: JournalSettings) => void;
  readonly log: (level: LogLevel, message: string) => void;
  /** A thrown value, with its stack. */
  readonly failure: (what: string, thrown: unknown) => void;
  readonly request: (request: EndedRequest) => void;
  /** What the proxy told to all who follow its events. */
  readonly event: (message: string) => void;
  /** While a screen has the terminal, what is said goes to it; null: to the terminal again. It follows events itself. */
  readonly divert: (to: ((level: LogLevel, message: string) => void) | null) => void;
  /** Whether a message of this level would be said. */
  readonly says: (level: LogLevel) => boolean;
}

export interface JournalOutput {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** A detached proxy has no terminal: its log file is all there is. */
  readonly detached: boolean;
}

const uncolored = new Chalk({ level: 0 });
const severity: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

export function createJournal({ terminal, json, detached }: JournalOutput): Journal {
  let settings: JournalSettings = { level: 'info', file: null, redact: (text) => text };
  let diverted: ((level: LogLevel, message: string) => void) | null = null;
  const says = (level: LogLevel): boolean => severity[level] <= severity[settings.level];
  const toFile = (level: LogLevel, text: string): void =>
    // Further lines are indented: nothing that is logged can pass for a line of its own.
    settings.file?.write(`${new Date().toISOString()} ${level.padEnd(5)} ${plainText(text).replaceAll('\n', '\n  ')}`);

  function log(level: LogLevel, message: string, isShownAnyway = false): void {
    if (!says(level)) return;
    const text = settings.redact(message);
    toFile(level, text);
    if ((detached && settings.file !== null) || (diverted !== null && isShownAnyway)) return;
    if (diverted !== null) diverted(level, text);
    else if (level === 'error') terminal.error(text);
    else if (level === 'warn') terminal.warn(text);
    else terminal.note(text);
  }

  return {
    configure: (next) => (settings = next),
    log: (level, message) => log(level, message),
    event: (message) => log('info', message, true),
    failure: (what, thrown) =>
      log('error', `${what}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`),
    divert: (to) => (diverted = to),
    says,
    request(request) {
      if (!says('info')) return;
      if (settings.file !== null) toFile('info', requestLine(request, uncolored));
      if (detached || diverted !== null) return;
      if (json) terminal.json({ event: 'request', ...request });
      else terminal.print(requestLine(request, terminal.color));
    },
  };
}
