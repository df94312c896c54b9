import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, type CommandLine } from './support/command-line.ts';

const body = '{"model":"loopback-small","max_tokens":5,"messages":[{"role":"user","content":"hello"}]}';

describe('tokenpak keys', () => {
  let line: CommandLine;
  beforeAll(() => {
    line = commandLine();
  });
  afterAll(() => line.close());

  it('makes keys that a running proxy takes at once, and takes them back', async () => {
    const before = (await line.run(['keys', 'create', 'early'])).stdout.trim();
    const proxy = line.launch(['start', '--port', '0']);
    const [, url = ''] = await proxy.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
    const ask = async (key: string): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${url}/ak/${key}/v1/messages`, { method: 'POST', headers, body })).status;
    };
    expect(await ask(before)).toBe(200);

    const made = await line.run(['keys', 'create', '--name', 'ci', '--models', 'loopback-*', '--budget', '20/day']);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tpk_[\w-]{43}\n$/) as string });
    expect(made.stderr).toContain(`ANTHROPIC_BASE_URL=${url}/ak/KEY`);
    const first = made.stdout.trim();
    expect(await ask(first)).toBe(200);

    const second = (await line.run(['keys', 'rotate', 'ci'])).stdout.trim();
    expect([await ask(first), await ask(second)]).toEqual([401, 200]);

    expect(await line.run(['keys', 'revoke', 'ci'])).toMatchObject({ code: 0, stdout: 'ci is revoked\n' });
    expect([await ask(second), await ask(before)]).toEqual([401, 200]);
    expect(proxy.stdout() + proxy.stderr()).not.toContain('tpk_');
  });

  it('makes many at once, and lists them without showing any', async () => {
    const made = (await line.run(['keys', 'create', 'many', '--count', '1000'])).stdout.trim().split('\n');
    expect(new Set(made).size).toBe(1000);
    await line.run(['keys', 'revoke', 'many-7', '--json']);
    const { stdout } = await line.run(['keys', 'list', '--json']);
    const { mode, keys } = JSON.parse(stdout) as { mode: string; keys: object[] };
    expect(mode).toBe('optional');
    expect(keys).toContainEqual(expect.objectContaining({ name: 'many', count: 1000, state: 'active', revoked: 1 }));
    expect(stdout + (await line.run(['keys', 'list'])).stdout).not.toContain('tpk_');
  });

  it.each([
    [['create']],
    [['create', 'a', '--name', 'b']],
    [['create', 'no name']],
    [['create', 'a', '--limits', 'rps=5']],
    [['create', 'a', '--budget', '20/week']],
    [['create', 'a', '--budget', '20/day', '--budget', '30/day']],
    [['create', 'a', '--expires', '2020-01-01']],
    [['create', 'a', '--expires', '2999-02-30']],
    [['create', 'a', '--count', '0']],
    [['create', 'a', '--models', 'x,,y']],
    [['revoke']],
  ])('refuses %j as wrong usage, and says what it expected', async (args) => {
    const { code, stderr } = await line.run(['keys', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/[Ee]xpected/);
  });

  it.each([[['revoke', 'nobody']], [['rotate', 'many']]])('fails at %j, which changes nothing', async (args) => {
    expect((await line.run(['keys', ...args])).code).toBe(1);
  });
});
