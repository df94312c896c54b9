import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { savePriceFile } from './save.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-save-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const content = { version: 1, as_of: '2026-11-22', rows: [] } as const;

describe('savePriceFile', () => {
  it('writes a file that only its user can read, and the directories that it lies in', async () => {
    const file = path.join(directory, 'a', 'b', 'prices.json');
    await savePriceFile(file, content);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(content);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('replaces an older file, and leaves nothing else behind', async () => {
    const file = path.join(directory, 'prices.json');
    await savePriceFile(file, { ...content, as_of: '2026-01-01' });
    await savePriceFile(file, content);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(content);
    expect(readdirSync(directory)).toEqual(['prices.json']);
  });

  it('leaves nothing behind where it fails', async () => {
    mkdirSync(path.join(directory, 'prices.json', 'in the way'), { recursive: true });
    await expect(savePriceFile(path.join(directory, 'prices.json'), content)).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EPERM|EEXIST/,
    );
    expect(readdirSync(directory)).toEqual(['prices.json']);
  });
});
