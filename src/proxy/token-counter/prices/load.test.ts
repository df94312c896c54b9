import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPrices, shippedPrices } from './load.ts';
import { parsePriceFile } from './price-file.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-prices-'));
afterAll(() => rmSync(directory, { recursive: true }));

const now = Date.UTC(2026, 10, 22);

function fileOf(content: unknown): string {
  const file = path.join(directory, 'prices.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const tier = { above: 0, input: '7', cache_read: null, cache_write: null, cache_write_1h: null, output: '9' };
const own = { provider: 'gemini', id: 'gemini-3.8-flash', from: null, to: null, tiers: [tier] };

describe('loadPrices', () => {
  it('ships rows that fit their own schema', async () => {
    const shipped = await shippedPrices();
    expect(parsePriceFile(JSON.stringify(shipped)).problems).toEqual([]);
    expect(shipped.rows.length).toBeGreaterThan(50);
  });

  it('ships demo rows for the loopback provider alone', async () => {
    const { rows } = await shippedPrices();
    expect(new Set(rows.filter(({ demo }) => demo).map(({ provider }) => provider))).toEqual(new Set(['loopback']));
  });

  it('finds a shipped price without a file of the user', async () => {
    for (const userFile of [null, path.join(directory, 'missing.json')]) {
      const { table, problems } = await loadPrices(userFile);
      expect(table.find('openai', 'gpt-4.1-2025-04-14', now)?.tier(1).row.input).toBe('2');
      expect(problems).toEqual([]);
    }
  });

  it("lets the user's rows of a model replace all shipped rows of it, and no other", async () => {
    const { table } = await loadPrices(fileOf({ version: 1, as_of: '2026-11-20', rows: [own] }));
    for (const wallMs of [now, Date.UTC(2027, 5, 1)]) {
      expect(table.find('gemini', 'gemini-3.8-flash', wallMs)?.tier(1).row.input).toBe('7');
    }
    expect(table.find('gemini', 'gemini-3.5-flash', now)?.tier(1).row.input).toBe('1.50');
  });

  it('leaves out a row that is wrong and says which, and keeps the others', async () => {
    const rows = [
      { ...own, provider: 'groq' },
      { ...own, tiers: [{ ...tier, input: 7 }] },
    ];
    const { table, problems } = await loadPrices(fileOf({ version: 1, as_of: '2026-11-20', rows }));
    expect(table.knows('groq')).toBe(true);
    expect(table.find('gemini', 'gemini-3.8-flash', now)?.tier(1).row.input).toBe('0.75');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^row 2 \(gemini gemini-3\.8-flash\): tiers\.0\.input: /);
  });

  it('says that a file is no JSON, and goes on with the shipped rows', async () => {
    const { table, problems } = await loadPrices(fileOf('{"version":1,'));
    expect(problems).toEqual([expect.stringMatching(/^not JSON: /)]);
    expect(table.knows('openai')).toBe(true);
  });
});
