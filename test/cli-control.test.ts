import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandLine, type CommandLine } from './support/command-line.ts';

let cli: CommandLine;
let file: string;
beforeEach(() => {
  cli = commandLine();
  file = path.join(cli.home, 'tokenpak.yaml');
});
afterEach(() => cli.close());

interface Started {
  readonly url: string;
  readonly log_file: string;
}

async function detach(): Promise<Started> {
  const { stdout } = await cli.run(['start', '--detach', '--port', '0', '--json']);
  return JSON.parse(stdout) as Started;
}

async function health(): Promise<{ request_timeout_seconds: number; circuit_breakers: Record<string, object> }> {
  return JSON.parse((await cli.run(['health', '--json'])).stdout) as Awaited<ReturnType<typeof health>>;
}

const timeoutOf = async (): Promise<number> => (await health()).request_timeout_seconds;

describe('reload', () => {
  it('takes a new configuration, and says what is wrong with a broken one, which changes nothing', async () => {
    await detach();
    writeFileSync(file, 'deadlines: { totalMs: 1500 }\n');
    expect(await cli.run(['reload'])).toMatchObject({ code: 0, stdout: 'the configuration has been read again\n' });
    expect(await timeoutOf()).toBe(1.5);
    writeFileSync(file, 'routes: [{ targets: [nobody] }]\n');
    const { code, stderr } = await cli.run(['reload']);
    expect(code).toBe(5);
    expect(stderr).toContain('the old configuration stays');
    expect(stderr).toContain(`${file}:1:22: routes.0.targets.0: expected a provider that is configured`);
    expect(await timeoutOf()).toBe(1.5);
    expect((await cli.run(['reload', '--json'])).code).toBe(5);
    rmSync(file);
    expect((await cli.run(['reload'])).stderr).toContain(`${file}: expected a file, got nothing there`);
    expect(await timeoutOf()).toBe(1.5);
  });

  it('ends with 3 where no proxy runs', async () => {
    expect((await cli.run(['reload'])).code).toBe(3);
  });
});

describe('a configuration file that changes', () => {
  it('is read again by itself, however it came there', async () => {
    const { log_file: log } = await detach();
    writeFileSync(file, 'deadlines: { totalMs: 2500 }\n');
    await vi.waitFor(async () => expect(await timeoutOf()).toBe(2.5), { timeout: 15_000 });
    writeFileSync(`${file}.new`, 'deadlines: { totalMs: 3500 }\n');
    renameSync(`${file}.new`, file);
    await vi.waitFor(async () => expect(await timeoutOf()).toBe(3.5), { timeout: 15_000 });
    rmSync(file);
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('is gone'), { timeout: 15_000 });
    expect(await timeoutOf()).toBe(3.5);
  });
});

describe('breaker', () => {
  const stateOf = async (name: string): Promise<unknown> => (await health()).circuit_breakers[name];

  it('opens, closes and frees a circuit of a running proxy', async () => {
    const { url } = await detach();
    const ask = (): Promise<Response> =>
      fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"model":"loopback-fast","max_tokens":1,"messages":[]}',
      });
    expect(await cli.run(['breaker', 'open', 'loopback'])).toMatchObject({ code: 0 });
    expect(await stateOf('loopback')).toMatchObject({ state: 'forced_open' });
    const refused = await ask();
    expect([refused.status, refused.headers.get('x-tokenpak-error')]).toEqual([503, 'circuit_open']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await cli.run(['breaker', 'auto', 'loopback', '--json'])).toMatchObject({
      code: 0,
      stdout: '{"version":1,"name":"loopback","to":"auto"}\n',
    });
    expect((await ask()).status).toBe(200);
    expect((await cli.run(['breaker', 'close', 'anthropic/claude-x'])).code).toBe(0);
    expect(await stateOf('anthropic')).toMatchObject({ models: { 'claude-x': { state: 'forced_closed' } } });
  });

  it('knows only providers that are configured', async () => {
    await detach();
    const { code, stderr } = await cli.run(['breaker', 'open', 'nobody']);
    expect(code).toBe(1);
    expect(stderr).toContain('no circuit breaker is called nobody; known are anthropic, openai, gemini, loopback');
    expect((await cli.run(['breaker', 'wide', 'anthropic'])).code).toBe(2);
  });
});

describe('why', () => {
  it('tells, from the ledger, how a request came to be answered as it was', async () => {
    const rule =
      "routes: [{ match: { model: 'claude-*' }, targets: [down, { provider: loopback, model: loopback-fast }] }]";
    const nowhere = "providers: { down: { baseUrl: 'http://127.0.0.1:1', dialects: [anthropic-messages] } }";
    writeFileSync(file, [rule, nowhere].join('\n'));
    const { url } = await detach();
    const answer = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"claude-haiku-4-5","max_tokens":1,"messages":[]}',
    });
    await answer.text();
    const id = answer.headers.get('x-tokenpak-request-id')!;
    await cli.run(['stop']);
    const { code, stdout } = await cli.run(['why', id]);
    expect(code).toBe(0);
    const lines = stdout
      .replaceAll(/ in [\d.]+m?s/g, ' in T')
      .split('\n')
      .map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        'rule       routes[0], by order',
        'down/claude-haiku-4-5: circuit closed, tried',
        'loopback/loopback-fast: circuit closed, tried',
        'attempt 1  down: no status upstream unreachable in T, ?, so the next was asked (connect)',
      ]),
    );
    expect(stdout).toMatch(/attempt \d {2}loopback\/loopback-fast: 200 ok/);
    const json = JSON.parse((await cli.run(['why', 'last', '--json'])).stdout) as { request: { id: string } };
    expect(json.request.id).toBe(id);
    expect((await cli.run(['why', 'tp_unknown'])).code).toBe(1);
  });
});
