import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page } from './pager.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-pager-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const env = (pager: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  OUT: path.join(directory, 'out'),
  PAGER: pager,
});

describe.skipIf(process.platform === 'win32')('the pager', () => {
  it('is the one of the user, with its options, and gets the whole text', async () => {
    const text = `${'line\n'.repeat(50_000)}end`;
    await page(text, env('cat - > "$OUT"'));
    expect(readFileSync(path.join(directory, 'out'), 'utf8')).toBe(text);
  });

  it('lets nobody run programs from a text', async () => {
    await page('', env('printf %s "$LESSSECURE" > "$OUT"'));
    expect(readFileSync(path.join(directory, 'out'), 'utf8')).toBe('1');
  });

  it('may be closed before it has read all', async () => {
    await expect(page('x'.repeat(10_000_000), env('true'))).resolves.toBeUndefined();
  });

  it('is said to be missing where it is', async () => {
    await expect(page('text', env('no-such-pager 2>/dev/null'))).rejects.toThrow('set PAGER');
  });
});
