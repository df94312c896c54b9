import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, type CommandLine } from './support/command-line.ts';
import { ledgerIn } from './support/ledger-in.ts';

let cli: CommandLine;
beforeEach(() => void (cli = commandLine()));
afterEach(() => cli.close());

const dayMs = 86_400_000;
const gpt = { model: '=gpt,6', provider: 'openai' };
const unpriced = { picodollars: null, savedPicodollars: null, unpricedReason: 'unknown_model' } as const;

async function someRequests(): Promise<void> {
  const time = Date.now();
  await ledgerIn(cli.home, [
    { id: 'tp_1', time },
    { id: 'tp_2', time: time - 3 * dayMs, ...gpt },
    { id: 'tp_3', time, cost: unpriced },
    { id: 'tp_4', time, model: 'loopback-fast', provider: 'loopback' },
  ]);
}

describe('cost', () => {
  it('tells what today came to by model, from the ledger alone', async () => {
    await someRequests();
    const { code, stdout } = await cli.run(['cost']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^model +requests +new +cached +written +out +cost +saved +cache$/u);
    expect(lines[1]).toMatch(/^claude-sonnet-4-6 +2 +20 +200 +40 +100 +\$0\.0030 +\$0\.0010 +77% {2}\+ 1 unpriced$/u);
    expect(lines[2]).toMatch(/^loopback-fast +1 .* - +- +77%$/u);
    expect(lines[3]).toMatch(/^total +3 .*\$0\.0030 .*\+ 1 unpriced$/u);
    expect(lines[4]).toMatch(/^estimate from list prices of \d{4}-\d\d-\d\d; 1 request to the built-in provider/u);
  });

  it('goes back as far as it is asked to, by what it is asked', async () => {
    await someRequests();
    const { stdout } = await cli.run(['cost', '--since', '7d', '--by', 'provider', '--json']);
    const { rows, total } = JSON.parse(stdout) as { rows: { name: string; requests: number }[]; total: object };
    expect(rows.map(({ name, requests }) => [name, requests])).toEqual([
      ['anthropic', 2],
      ['openai', 1],
      ['loopback', 1],
    ]);
    expect(total).toMatchObject({ requests: 4, cost_picodollars: '6000000000', unpriced: 1 });
    const csv = await cli.run(['cost', '--since', '7d', '--csv']);
    expect(csv.stdout.split('\n')).toContain(`"'=gpt,6",1,0,10,100,20,50,0.003,0.001,0.7692,0,0,0,0`);
  });

  it('has nothing to count in a home where nothing ever ran', async () => {
    expect((await cli.run(['cost'])).stdout).toMatch(/^no requests since \d{4}-\d\d-\d\d 00:00\n$/u);
    expect(JSON.parse((await cli.run(['cost', '--json'])).stdout)).toMatchObject({ rows: [], total: { requests: 0 } });
  });

  it.each([
    [['--by', 'moon'], 'Allowed choices are model, session, agent, project, provider, key, day.'],
    [['--json', '--csv'], "option '--csv' cannot be used with option '--json'"],
    [['--since', '7'], 'Expected a time of the past'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await cli.run(['cost', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
