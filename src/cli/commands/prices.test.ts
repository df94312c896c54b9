import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTerminal } from '../terminal.ts';
import { priceLines, pricesCommand } from './prices.ts';

let home: string;
beforeEach(() => void (home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-prices-'))));
afterEach(() => rmSync(home, { recursive: true }));

/** Runs the command in a home of its own. */
async function prices(...args: string[]): Promise<{ out: string; err: string; error: Error | null }> {
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    write: (text: string) => void (written[name] += text),
    on: () => undefined,
  });
  const terminal = createTerminal(output('out'), output('err'));
  const command = pricesCommand({ terminal, globals: () => ({ home }) }).exitOverride();
  const error = await command.parseAsync(args, { from: 'user' }).then(
    () => null,
    (thrown: unknown) => thrown as Error,
  );
  return { ...written, error };
}

const inHome = (name: string, content: unknown): string => {
  const file = path.join(home, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const catalogue = {
  'groq/llama': { litellm_provider: 'groq', mode: 'chat', input_cost_per_token: 5.9e-7, output_cost_per_token: 7.9e-7 },
  'gpt-4.1': { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 },
};

describe('prices list', () => {
  it('shows the rows that hold today as a table, without those of the demo', async () => {
    const { out, error } = await prices('list');
    expect(error).toBeNull();
    expect(out.split('\n')[0]).toMatch(/^provider +model +above +input/);
    expect(out).toMatch(/^anthropic +claude-haiku-4-5 +1 +0\.10 +1\.25 +2 +5 +(?:secondary|provider)$/m);
    expect(out).not.toContain('loopback');
  });

  it('shows only what is asked for, and as JSON', async () => {
    expect((await prices('list', 'gpt-4.1')).out.trim().split('\n')).toHaveLength(4);
    const { out } = await prices('list', 'gpt-4.1-nano', '--json');
    expect(JSON.parse(out)).toMatchObject({ version: 1, rows: [{ id: 'gpt-4.1-nano', tiers: [{ input: '0.10' }] }] });
  });
});

describe('priceLines', () => {
  it('says of each tier what is not known, and what costs as much as input', () => {
    const tier = { above: 0, input: '1', cache_read: null, cache_write: null, cache_write_1h: null, output: '2' };
    const row = {
      provider: 'p',
      id: 'm',
      from: null,
      to: '2027-01-01',
      tiers: [tier, { ...tier, above: 9, cache_write: '3' }],
    };
    expect(priceLines([row])).toEqual([
      'provider  model  above  input  read  write  write 1h  output  until       source',
      'p         m             1      ?     =      =         2       2027-01-01',
      'p         m      9      1      ?     3      -         2       2027-01-01',
    ]);
  });
});

describe('prices import', () => {
  it('writes the rows of a LiteLLM catalogue that differ, and says where the proxy has to be told', async () => {
    const file = inHome('catalogue.json', catalogue);
    const { out, err, error } = await prices('import', file, '--from', 'litellm');
    const own = path.join(home, 'prices.json');
    expect(error).toBeNull();
    expect(out).toBe(`1 row imported into ${own}\n`);
    expect(err).toContain(`prices: ${own}`);
    expect(JSON.parse(readFileSync(own, 'utf8'))).toMatchObject({
      version: 1,
      rows: [{ provider: 'openai', id: 'gpt-4.1' }],
    });
    expect((await prices('list', 'gpt-4.1')).out).toMatch(/^openai +gpt-4\.1 +1 .*litellm$/m);
  });

  it('takes rows of providers that are configured, into the file that the configuration names', async () => {
    const own = path.join(home, 'mine.json');
    inHome(
      'tokenpak.yaml',
      `prices: ${own}\nproviders: { groq: { baseUrl: 'https://api.groq.com/openai', dialects: [openai-chat], apiKeyEnv: none } }\n`,
    );
    const { out, err, error } = await prices('import', inHome('catalogue.json', catalogue), '--from', 'litellm');
    expect(error).toBeNull();
    expect(out).toBe(`2 rows imported into ${own}\n`);
    expect(err).not.toContain('configuration says');
  });

  it('takes a price file of our own kind, and warns of each row that is wrong', async () => {
    const tier = { above: 0, input: '1', cache_read: null, cache_write: null, cache_write_1h: null, output: '2' };
    const row = { provider: 'groq', id: 'llama', from: null, to: null, tiers: [tier] };
    const file = inHome('rows.json', {
      version: 1,
      as_of: '2026-11-22',
      rows: [row, { ...row, id: 'bad', tiers: [] }],
    });
    const { out, err, error } = await prices('import', file);
    expect(error).toBeNull();
    expect(out).toContain('1 row imported');
    expect(err).toContain('row 2 (groq bad): tiers');
  });

  it('fails where nothing could be imported, and writes nothing', async () => {
    const { error } = await prices('import', inHome('catalogue.json', catalogue));
    expect(error).toMatchObject({ exitCode: 1, message: expect.stringContaining('holds no row') as string });
    expect(existsSync(path.join(home, 'prices.json'))).toBe(false);
  });

  it('fails where the file is not there', async () => {
    expect((await prices('import', path.join(home, 'missing.json'))).error).toMatchObject({ exitCode: 1 });
  });

  it('does not overwrite a file of the user that it cannot read in full', async () => {
    const own = inHome('prices.json', '{"version":1,"as_of":"2026-11-22","rows":[{}]}');
    const { error } = await prices('import', inHome('catalogue.json', catalogue), '--from', 'litellm');
    expect(error).toMatchObject({ exitCode: 1, message: expect.stringContaining(own) as string });
    expect(readFileSync(own, 'utf8')).toContain('"rows":[{}]');
  });
});

describe('prices check', () => {
  it('tells of the shipped rows', async () => {
    const { out, error } = await prices('check');
    expect(error).toBeNull();
    expect(out).toMatch(/^shipped rows: \d+, of \d{4}-\d\d-\d\d$/m);
  });

  it("tells how the user's rows differ, and fails where some of them are wrong", async () => {
    await prices('import', inHome('catalogue.json', catalogue), '--from', 'litellm');
    expect((await prices('check')).out).toContain('openai gpt-4.1: your row differs: input 2 → 1');
    inHome('prices.json', '{"version":1,"as_of":"2026-11-22","rows":[{}]}');
    expect((await prices('check')).error).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('row 1') as string,
    });
  });
});
