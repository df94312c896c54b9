import { createInterface } from 'node:readline';
import chalk, { chalkStderr, type ChalkInstance } from 'chalk';
import type { Device, DeviceInput, DeviceOutput } from '../tui/device.ts';
import { plainText } from '../tui/plain-text.ts';

/** The only writer to standard output and standard error. */
export interface Terminal {
  /** Colours for standard output; they are off where it is no terminal or NO_COLOR is set. */
  readonly color: ChalkInstance;
  /** Whether standard output is a terminal. */
  readonly interactive: boolean;
  /** What a screen is shown on; null where standard output is no terminal. */
  readonly device: Device | null;
  /** Asks what can be answered with yes or no; null where nobody is there to answer. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
  /** Results: a line on standard output. */
  readonly print: (line: string) => void;
  /** Results for programs: a value as one line of JSON on standard output. */
  readonly json: (value: unknown) => void;
  /** A whole document for programs, byte for byte: whoever makes it keeps foreign text harmless. */
  readonly document: (text: string) => void;
  /** Messages: lines on standard error. */
  readonly note: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly error: (text: string) => void;
  /** Shows one line on standard error in the place of the one before, or none for ''; null where that is no terminal. */
  readonly rewrite: ((line: string) => void) | null;
  /** Runs the callback once when whoever read standard output is found to have gone. */
  readonly onGone: (run: () => void) => void;
}

/** What a terminal writes to: a process's stream, or a test's. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
  readonly on: (event: 'error', listener: (error: Error) => void) => unknown;
}

export function createTerminal(stdout: Output = process.stdout, stderr: Output = process.stderr): Terminal {
  const out = safeWriter(stdout);
  const err = safeWriter(stderr);
  return {
    color: chalk,
    interactive: stdout.isTTY === true,
    device: stdout.isTTY === true ? { output: stdout as Output & DeviceOutput, input: standardInput() } : null,
    ask: process.stdin.isTTY && stderr.isTTY ? (question) => askOn(stderr, question) : null,
    print: (line) => out(`${keepColors(line)}\n`),
    json: (value) => out(`${JSON.stringify(value)}\n`),
    document: out,
    note: (text) => err(`${keepColors(text)}\n`),
    warn: (text) => err(`${chalkStderr.yellow('warning:')} ${keepColors(text)}\n`),
    error: (text) => err(`${chalkStderr.red('error:')} ${keepColors(text)}\n`),
    rewrite:
      stderr.isTTY === true ? (line) => err(`\r\u001B[K${plainText(line).slice(0, (stderr.columns || 80) - 1)}`) : null,
    onGone: (run) => void stdout.on('error', run),
  };
}

/** Null where keys cannot be read one by one. */
function standardInput(): DeviceInput | null {
  return process.stdin.isTTY ? process.stdin : null;
}

/** The terminal stays as it is meanwhile, so that ctrl-c ends the process. An end of input is a no. */
function askOn(stderr: Output, question: string): Promise<boolean> {
  stderr.write(`${plainText(question)} [y/N] `);
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(/^y(?:es)?$/iu.test(line.trim()));
      lines.close();
    });
    lines.once('close', () => resolve(false));
  });
}

/** A reader that went away (`| head`) is no reason to stop: what is left to say to it is dropped. */
function safeWriter(stream: Output): (text: string) => void {
  let gone = false;
  stream.on('error', () => (gone = true));
  return (text) => {
    if (!gone) stream.write(text);
  };
}

const colorSequence = /(\p{Cc}\[[0-9;]*m)/u;

function keepColors(text: string): string {
  return text
    .split(colorSequence)
    .map((part, index) => (index % 2 === 1 ? part : plainText(part)))
    .join('');
}
