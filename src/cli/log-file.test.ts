import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-log-'));
  file = path.join(directory, 'tokenpak.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the log file', () => {
  it('is appended to, for its owner alone', () => {
    writeFileSync(file, 'before\n');
    chmodSync(file, 0o644);
    const log = openLogFile(file);
    log.write('after');
    log.close();
    expect(readFileSync(file, 'utf8')).toBe('before\nafter\n');
    // Windows shows no more than that a file can be written.
    expect(statSync(file).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
  });

  it('makes room before it grows beyond its limit, and keeps so many older ones', () => {
    const log = openLogFile(file, { maxBytes: 20, kept: 2 });
    for (let number = 1; number <= 9; number++) log.write(`line ${number}`);
    log.close();
    const content = (name: string): string => readFileSync(path.join(directory, name), 'utf8');
    expect(readdirSync(directory).sort()).toEqual(['tokenpak.log', 'tokenpak.log.1', 'tokenpak.log.2']);
    expect(content('tokenpak.log')).toBe('line 9\n');
    expect(content('tokenpak.log.1')).toBe('line 7\nline 8\n');
    expect(content('tokenpak.log.2')).toBe('line 5\nline 6\n');
  });

  it('counts what was there before it was opened', () => {
    writeFileSync(file, 'x'.repeat(15));
    const log = openLogFile(file, { maxBytes: 20, kept: 2 });
    log.write('a longer line');
    log.close();
    expect(readFileSync(file, 'utf8')).toBe('a longer line\n');
  });

  it.skipIf(process.platform === 'win32')('is not written through a symbolic link', () => {
    symlinkSync('/tmp/elsewhere', file);
    expect(() => openLogFile(file)).toThrow('ELOOP');
  });

  it('loses a line rather than the process when it cannot be written', () => {
    const log = openLogFile(file);
    log.close();
    expect(() => log.write('lost')).not.toThrow();
  });
});
