import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, type CommandLine } from './support/command-line.ts';
import { ledgerIn } from './support/ledger-in.ts';

let cli: CommandLine;
beforeEach(() => void (cli = commandLine()));
afterEach(() => cli.close());

const hourMs = 3_600_000;

async function idsOf(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(['logs', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

/** Of three days ago, of two hours ago, and of now. */
async function threeRequests(): Promise<void> {
  const now = Date.now();
  const caller = { address: '127.0.0.1', key: null, project: 'Shop', session: 's-9', agent: null };
  await ledgerIn(cli.home, [
    { id: 'tp_old', time: now - 72 * hourMs },
    { id: 'tp_refused', time: now - 2 * hourMs, status: 429, outcome: 'upstream_error', model: 'gpt-6', caller },
    { id: 'tp_new', time: now, status: 503, outcome: 'rejected_circuit', errorCode: 'circuit_open', tokens: null },
  ]);
}

describe('logs', () => {
  it('gives the newest requests of the ledger, oldest first, with the day where they are of another', async () => {
    await threeRequests();
    const { code, stdout } = await cli.run(['logs']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 200 anthropic claude-sonnet-4-6 .* \$0\.0030$/u);
    expect(lines[2]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 503 .*rejected circuit/u);
    expect(await idsOf('-n', '2')).toEqual(['tp_refused', 'tp_new']);
    expect(await idsOf('-n', '0')).toEqual([]);
  });

  it('gives those that are wanted', async () => {
    await threeRequests();
    expect(await idsOf('--status', '429')).toEqual(['tp_refused']);
    expect(await idsOf('--status', '>=400')).toEqual(['tp_refused', 'tp_new']);
    expect(await idsOf('--status', '5xx', '--model', 'SONNET')).toEqual(['tp_new']);
    expect(await idsOf('--project', 'sho')).toEqual(['tp_refused']);
    expect(await idsOf('--session', 'S-9')).toEqual(['tp_refused']);
    expect(await idsOf('--since', '3h')).toEqual(['tp_refused', 'tp_new']);
    expect(await idsOf('--since', '7d', '-n', '1', '--status', '200')).toEqual(['tp_old']);
  });

  it('gives a request that was corrected once, as it is known now', async () => {
    const time = Date.now();
    const records = ['tp_1', 'tp_2'].map((id) => ({ id, time, exactness: 'estimated' as const }));
    await ledgerIn(cli.home, records, [{ id: 'tp_1', time, model: 'gpt-6' }]);
    expect(await idsOf()).toEqual(['tp_2', 'tp_1']);
    expect(await idsOf('--model', 'gpt-6')).toEqual(['tp_1']);
  });

  it('tells all about one', async () => {
    await threeRequests();
    const { code, stdout } = await cli.run(['logs', 'tp_refused']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tp_refused {2}\d{4}-/u);
    expect(stdout).toContain('asked by   project Shop, session s-9');
    expect(stdout).toContain('tokens     10 new, 100 read, 20 written (5 for an hour), 50 out (7 of it reasoning)');
    const last = JSON.parse((await cli.run(['logs', 'last', '--json'])).stdout) as object;
    expect(last).toMatchObject({ version: 1, error: 'circuit_open', request: { id: 'tp_new', status: 503 } });
    expect(await cli.run(['logs', 'tp_none'])).toMatchObject({ code: 1, stdout: '' });
    expect(await cli.run(['logs', 'last', '-f'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('has nothing to say of a home where nothing ever ran', async () => {
    expect(await cli.run(['logs'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await cli.run(['logs', 'last'])).toMatchObject({
      code: 1,
      stderr: 'error: the ledger has no request yet\n',
    });
    mkdirSync(path.join(cli.home, 'data'));
    expect(await cli.run(['logs'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each([
    [['--status', 'bad'], 'Expected a status such as 429, 5xx or >=400.'],
    [['--since', 'tomorrow'], 'Expected a time of the past'],
    [['-n', 'ten'], 'Expected a whole number from 0 to 100000.'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await cli.run(['logs', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('logs -f', () => {
  interface Ask {
    (model?: string): Promise<string>;
    readonly url: () => string;
  }

  async function start(port = '0'): Promise<Ask> {
    const { stdout } = await cli.run(['start', '--detach', '--port', port, '--json']);
    const { url } = JSON.parse(stdout) as { url: string };
    const ask = async (model = 'loopback-fast'): Promise<string> => {
      const answer = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, max_tokens: 1, messages: [] }),
      });
      await answer.text();
      return answer.headers.get('x-tokenpak-request-id')!;
    };
    return Object.assign(ask, { url: () => url });
  }

  it('goes on with what a proxy does, until it is interrupted', async () => {
    const ask = await start();
    const [before] = [await ask(), await ask('loopback-other')];
    const logs = cli.launch(['logs', '-f', '--json', '--model', 'FAST']);
    await logs.printed(new RegExp(before, 'u'));
    const after = await ask();
    await ask('loopback-other');
    const last = await ask();
    await logs.printed(new RegExp(last, 'u'));
    logs.signal('SIGINT');
    const { code, stdout, stderr } = await logs.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const ids = stdout.trimEnd().split('\n');
    expect(ids.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([before, after, last]);
  });

  it('waits for a proxy that is started again, and tells then what it missed, once and in order', async () => {
    const ask = await start();
    const before = await ask();
    const logs = cli.launch(['logs', '-f', '--json']);
    await logs.printed(new RegExp(before, 'u'));
    const seen = await ask();
    await logs.printed(new RegExp(seen, 'u'));
    // The very port, so that it is asked before the one that follows is back.
    const port = new URL(ask.url()).port;
    await cli.run(['stop']);
    const again = await start(port);
    const missed = [await again(), await again()];
    await logs.printed(new RegExp(missed[1]!, 'u'));
    const after = await again();
    await logs.printed(new RegExp(after, 'u'));
    logs.signal('SIGINT');
    const { code, stdout, stderr } = await logs.finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(/the proxy does not answer; waiting for it\nconnected again; \d requests? ended meanwhile/u);
    const ids = stdout.trimEnd().split('\n');
    expect(ids.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([before, seen, ...missed, after]);
  });

  it('ends when its reader has gone', async () => {
    const ask = await start();
    const first = await ask();
    const logs = cli.launch(['logs', '-f', '--json']);
    await logs.printed(new RegExp(first, 'u'));
    logs.hangUp();
    await ask();
    await ask();
    expect((await logs.finished).code).toBe(0);
  });

  it('ends with 3 where no proxy runs', async () => {
    expect(await cli.run(['logs', '-f'])).toMatchObject({ code: 3, stdout: '' });
  });
});
