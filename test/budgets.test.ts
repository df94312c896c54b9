import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BudgetReport } from '../src/proxy/budgets/index.ts';
import type { BudgetRule } from '../src/proxy/quota.ts';
import { commandLine } from './support/command-line.ts';
import type { UpstreamConnection } from './support/fake-upstream.ts';
import { fakeUpstream } from './support/fake-upstream.ts';
import {
  answering,
  expectRefusal,
  headerOf,
  message,
  type ProxiedUpstream,
  proxiedUpstream,
  type RequestParts,
} from './support/proxied-upstream.ts';

const dollar = 1e12;
const model = 'claude-opus-5-5';
/** A price file with one model whose tokens all cost a ten-thousandth of a dollar. */
const even = '100';
const priceFile = {
  version: 1,
  as_of: '2026-11-01',
  rows: [
    ...['anthropic', 'openai', 'gemini'].map((provider) => ({
      ...{ provider, id: model, from: null, to: null },
      tiers: [{ above: 0, input: even, cache_read: even, cache_write: even, cache_write_1h: even, output: even }],
    })),
  ],
};
const directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-prices-'));
const pricesFile = path.join(directory, 'prices.json');
writeFileSync(pricesFile, JSON.stringify(priceFile));

function rule(parts: Partial<BudgetRule> = {}): BudgetRule {
  return {
    ...{ name: 'day', per: 'all', match: null, unit: 'usd', amount: dollar, window: 'day', mode: 'hard' },
    ...{ maxOutput: null, unpriced: 'refuse', ...parts },
  };
}

let setting: ProxiedUpstream;
afterEach(async () => {
  await setting?.close();
});

async function start(budgets: readonly BudgetRule[], script = answering()): Promise<ProxiedUpstream> {
  setting = await proxiedUpstream(script, { change: (config) => ({ ...config, pricesFile, budgets }) });
  return setting;
}

/** A request whose upper bound is 100 input tokens, one a byte, and `maxTokens` of output. */
function bodyOf(maxTokens: number | null, asked = model): string {
  const limit = maxTokens === null ? '' : `"max_tokens":${maxTokens},`;
  const body = `{${limit}"model":"${asked}","messages":[]}`;
  return body + ' '.repeat(Math.max(0, 100 - body.length));
}

const ask = (maxTokens: number | null = 100, parts: RequestParts = {}) =>
  setting.ask({ body: bodyOf(maxTokens), ...parts });

async function report(name = 'day'): Promise<BudgetReport> {
  const stats = (await (await fetch(`${setting.proxy.url}/stats`)).json()) as { budgets: BudgetReport[] };
  const found = stats.budgets.find((budget) => budget.name === name);
  if (!found) throw new Error(`no budget ${name}`);
  return found;
}

const account = async (name = 'day') => (await report(name)).accounts[0];

function usage(input: number, output: number): string {
  return JSON.stringify({ ...(JSON.parse(message) as object), usage: { input_tokens: input, output_tokens: output } });
}

/** Answers none of the requests until so many have come, then all of them. */
function holding(count: number, body: string): (connection: UpstreamConnection) => Promise<void> {
  let come = 0;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async (connection) => {
    for (;;) {
      await connection.read();
      if (++come === count) open();
      await opened;
      await connection.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    }
  };
}

describe('requests at the same time', () => {
  it('are admitted exactly as far as the budget has room', async () => {
    // Each holds 100 + 900 tokens, of $0.0001: ten fit into a dollar.
    await start([rule()], holding(10, usage(100, 900)));
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(900)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(190);
    expect(setting.upstream.requests).toHaveLength(10);
    expect(await account()).toMatchObject({ spent: 1, reserved: 0, left: 0 });
  });

  it('spend no more than a dollar, 500 of them', async () => {
    await start([rule()], answering(usage(40, 90)));
    const answers = await Promise.all(Array.from({ length: 500 }, () => ask(100)));
    const passed = answers.filter(({ status }) => status === 200).length;
    const { spent, reserved } = (await account())!;
    expect(spent).toBeCloseTo(passed * 0.013, 9);
    expect(spent).toBeLessThanOrEqual(1);
    // Nor has the provider been sent anything that is not counted.
    expect(setting.upstream.requests).toHaveLength(passed);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(500 - passed);
    expect(passed).toBeGreaterThanOrEqual(50);
    expect(reserved).toBe(0);
  });
});

describe('a refusal', () => {
  it('names the budget, what is left, when it begins anew and what helps', async () => {
    await start([rule()]);
    const answer = await ask(10_000);
    const text = expectRefusal(answer, 429, 'budget_exhausted');
    expect(text).toMatch(
      /^the budget day has \$1\.00 of \$1\.00 left, and the request may take \$1\.01; it resets at \d{4}-\d\d-\d\dT00:00:00[+-]\d\d:\d\d\. To allow more once: tokenpak budget allow day --once 1$/,
    );
    expect(headerOf(answer, 'x-should-retry')).toBe('false');
    expect(headerOf(answer, 'retry-after')).toBeNull();
    expect(setting.upstream.requests).toHaveLength(0);
    expect(await report()).toMatchObject({ refused: 1, spent: 0 });
  });

  it.each([
    ['/v1/messages', { type: 'error', error: { type: 'rate_limit_error' } }],
    ['/v1/chat/completions', { error: { type: 'insufficient_quota', code: 'budget_exhausted' } }],
    ['/v1/responses', { error: { type: 'insufficient_quota', code: 'budget_exhausted' } }],
    [`/v1beta/models/${model}:generateContent`, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }],
  ])('is in the shape of %s', async (target, shape) => {
    await start([rule({ amount: dollar / 1000 })]);
    const answer = await ask(100, { path: target });
    expectRefusal(answer, 429, 'budget_exhausted');
    expect(JSON.parse(answer.body.toString())).toMatchObject(shape);
  });

  it('comes for a model without a price, unless that is allowed', async () => {
    await start([rule(), rule({ name: 'lax', amount: 5 * dollar, unpriced: 'allow', mode: 'hard', per: 'project' })]);
    const unpriced = bodyOf(10, 'claude-nobody-knows');
    expect(expectRefusal(await ask(10, { body: unpriced }), 429, 'budget_exhausted')).toContain(
      'the price of claude-nobody-knows at anthropic is not known',
    );
    await setting.close();
    await start([rule({ unpriced: 'allow' })]);
    expect((await ask(10, { body: unpriced })).status).toBe(200);
    // The provider answers with a model whose price is known.
    expect(await account()).toMatchObject({ spent: 0.0015, reserved: 0 });
  });

  it('comes for what no meter counts under a provider’s own prefix; reading and counting tokens are free', async () => {
    await start([rule({ amount: 1 })]);
    const odd = await ask(10, { path: '/anthropic/v1/complete' });
    expectRefusal(odd, 429, 'budget_exhausted');
    expect((await ask(10, { path: '/v1/messages/count_tokens' })).status).toBe(200);
    expect((await setting.ask({ method: 'GET', path: '/v1/models' })).status).toBe(200);
  });
});

describe('what was held', () => {
  it.each([
    ['its input', '"stream":true, ', 0.01],
    ['all of it, where the provider works on,', '"stream":false,', 0.1],
  ])('is given back when the client leaves, and %s is charged', async (_, stream, spent) => {
    const script = async (connection: UpstreamConnection): Promise<void> => void (await connection.read());
    await start([rule()], script);
    const client = setting.connect();
    const body = bodyOf(900).replace('{', `{${stream}`).slice(0, 100);
    await client.send(setting.bytesOf({ body }));
    await vi.waitFor(() => expect(setting.upstream.requests).toHaveLength(1));
    expect(await account()).toMatchObject({ reserved: 0.1 });
    await client.reset();
    await vi.waitFor(async () => expect(await account()).toMatchObject({ reserved: 0, spent }));
  });

  it('is charged for an answer that is worked out in the background, whose usage comes later', async () => {
    const queued = { id: 'resp_1', object: 'response', status: 'queued', model, usage: null, output: [] };
    await start([rule()], answering(JSON.stringify(queued)));
    const body = `{"background":true,"max_output_tokens":900,"model":"${model}","input":""}`.padEnd(100);
    expect((await setting.ask({ body, path: '/v1/responses' })).status).toBe(200);
    expect(await account()).toMatchObject({ reserved: 0, spent: 0.1 });
  });

  it('is given back when the provider dies before its answer', async () => {
    await start([rule()], async (connection) => {
      await connection.read();
      await connection.reset();
    });
    expect((await ask(900)).status).toBe(502);
    expect(await account()).toMatchObject({ reserved: 0, spent: 0 });
  });

  it('is given back for an error of the provider, which costs nothing', async () => {
    await start([rule()], async (connection) => {
      await connection.read();
      await connection.write('HTTP/1.1 529 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}');
    });
    expect((await ask(900)).status).toBe(529);
    expect(await account()).toMatchObject({ reserved: 0, spent: 0 });
  });
});

describe('a warning', () => {
  it('stands on replies from 80 % on, and is told of once at 80 and at 100 %', async () => {
    await start([rule()], answering(usage(20, 4000)));
    const events = await fetch(`${setting.proxy.url}/events`);
    let told = '';
    const reading = (async () => {
      for await (const chunk of events.body!) told += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    const warnings = [];
    for (let count = 0; count < 3; count++) warnings.push(headerOf(await ask(100), 'x-tokenpak-warn'));
    expect(warnings).toEqual([null, null, 'budget;name=day;used=0.80;left=0.1960']);
    await vi.waitFor(() => expect(told).toContain('the budget day is used up: $1.21 of $1.00'));
    expect(told.match(/the budget day is used to 80 %: \$0\.80 of \$1\.00/g)).toHaveLength(1);
    expect(expectRefusal(await ask(100), 429, 'budget_exhausted')).toContain('$0.00 of $1.00 left');
    // Its own limit was 100 tokens, and the provider sent 4,000.
    expect((await report()).overshot).toBe(3);
    await setting.proxy.proxy.drain(0);
    await reading;
  });

  it('is all that a soft budget does; a shadow one only counts', async () => {
    const soft = rule({ name: 'soft', mode: 'soft', amount: dollar / 1000 });
    await start([soft, { ...soft, name: 'quiet', mode: 'shadow' }], answering(usage(20, 20)));
    await ask();
    const second = await ask();
    expect(second.status).toBe(200);
    expect(headerOf(second, 'x-tokenpak-warn')).toBe('budget;name=soft;used=4.00;left=0.0000');
    expect(await report('soft')).toMatchObject({ refused: 0, would_refuse: 2, spent: 0.008 });
    expect(await report('quiet')).toMatchObject({ refused: 0, would_refuse: 2, spent: 0.008 });
  });
});

describe('an output limit', () => {
  it.each([
    ['/v1/messages', 'max_tokens'],
    ['/v1/chat/completions', 'max_completion_tokens'],
    ['/v1/responses', 'max_output_tokens'],
  ])('is put into a request to %s that names none', async (target, member) => {
    await start([rule({ maxOutput: 77 })]);
    await ask(null, { path: target });
    expect(JSON.parse(setting.upstream.requests[0]!.body.toString())).toMatchObject({ [member]: 77, model });
  });

  it('is put into the configuration that a request to Gemini has', async () => {
    await start([rule({ maxOutput: 77 })]);
    const body = JSON.stringify({ contents: [], generationConfig: { temperature: 1 } });
    await setting.ask({ body, path: `/v1beta/models/${model}:generateContent` });
    const sent = JSON.parse(setting.upstream.requests[0]!.body.toString()) as { generationConfig: object };
    expect(sent.generationConfig).toEqual({ maxOutputTokens: 77, temperature: 1 });
  });

  it.each([
    ['/v1/messages', { max_tokens: null }, { max_tokens: 77 }],
    ['/v1/messages', { max_tokens: -1 }, { max_tokens: 77 }],
    ['/v1/chat/completions', { max_completion_tokens: null }, { max_completion_tokens: 77 }],
    ['/v1/responses', { max_output_tokens: null }, { max_output_tokens: 77 }],
    [
      `/v1beta/models/${model}:generateContent`,
      { generationConfig: { maxOutputTokens: null } },
      { generationConfig: { maxOutputTokens: 77 } },
    ],
  ])('takes the place of one that is none, in a request to %s with %j', async (target, own, sent) => {
    await start([rule({ maxOutput: 77 })]);
    await setting.ask({ body: JSON.stringify({ model, ...own }), path: target });
    const body = setting.upstream.requests[0]!.body.toString();
    expect(JSON.parse(body)).toMatchObject(sent);
    expect(body.match(/max_?\w*tokens/gi)).toHaveLength(1);
  });

  it('of the request itself stays', async () => {
    await start([rule({ maxOutput: 77 })]);
    await ask(5);
    expect(setting.upstream.requests[0]!.body.toString()).toBe(bodyOf(5));
  });
});

describe('budgets by subject', () => {
  it('keep each subagent of a session apart', async () => {
    await start([rule({ per: 'agent', window: 'session', amount: 0.03 * dollar })], answering(usage(100, 100)));
    const from = (agent: string) => ({
      headers: [
        'Content-Type: application/json',
        'User-Agent: claude-cli/2.0',
        'X-Claude-Code-Session-Id: s',
        ...(agent === '' ? [] : [`X-Claude-Code-Agent-Id: ${agent}`]),
      ],
    });
    const statuses = [];
    for (const agent of ['a-1', 'a-1', 'a-2', '']) statuses.push((await ask(100, from(agent))).status);
    expect(statuses).toEqual([200, 429, 200, 200]);
    const subjects = (await report()).accounts.map(({ subject }) => subject);
    expect(subjects.toSorted()).toEqual(['claude-cli#a-1@s', 'claude-cli#a-2@s', 'claude-cli@s']);
  });

  it('hold only for the names that match', async () => {
    await start([rule({ per: 'model', match: 'claude-*', unit: 'tokens', amount: 150 })]);
    expect((await ask(100)).status).toBe(429);
    expect((await ask(100, { body: bodyOf(100, 'gpt-x'), path: '/v1/chat/completions' })).status).toBe(200);
  });

  it('judge each request by itself with the window request', async () => {
    await start([rule({ window: 'request', amount: 0.02 * dollar })]);
    const statuses = [];
    for (const limit of [100, 101, 100]) statuses.push((await ask(limit)).status);
    expect(statuses).toEqual([200, 429, 200]);
  });
});

describe('changes by command', () => {
  const change = (wanted: Parameters<ProxiedUpstream['proxy']['proxy']['change']>[0]) =>
    setting.proxy.proxy.change(wanted);

  it('allow more once, begin anew, set and take away', async () => {
    await start([rule({ amount: 0.01 * dollar })]);
    expect((await ask()).status).toBe(429);
    expect(await change({ kind: 'budget-allow', name: 'day', subject: null, once: 0.01 })).toBeNull();
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
    expect(await change({ kind: 'budget-reset', name: 'day', subject: null })).toBeNull();
    expect(await account()).toMatchObject({ spent: 0, granted: 0 });
    const web = { name: 'web', per: 'project', usd: 1, window: 'day' };
    expect(await change({ kind: 'budget-set', budget: web })).toBeNull();
    expect(await report('web')).toMatchObject({ limit: 1, mode: 'hard' });
    expect(await change({ kind: 'budget-remove', name: 'web' })).toBeNull();
    await expect(report('web')).rejects.toThrow('no budget web');
  });

  it('do not reach what stands in the configuration, nor take what is wrong', async () => {
    await start([rule()]);
    expect(await change({ kind: 'budget-remove', name: 'day' })).toContain('only there');
    expect(await change({ kind: 'budget-allow', name: 'nope', subject: null, once: 1 })).toBe(
      'there is no budget nope',
    );
    const twin = { name: 'twin', per: 'all', usd: 3, window: 'day' };
    expect(await change({ kind: 'budget-set', budget: twin })).toContain('the hard budget day is for the same');
    expect(await change({ kind: 'budget-set', budget: { ...twin, usd: -1 } })).toContain('usd');
  });
});

describe('from one run to the next', () => {
  const yaml = (url: string): string =>
    `prices: ${pricesFile}\nproviders: { anthropic: { baseUrl: '${url}' } }\nbudgets:\n  - { name: day, per: all, usd: 1, window: day }\n`;

  it.each([['SIGTERM'], ['SIGKILL']] as const)('totals and what was allowed survive %s', async (signal) => {
    const cli = commandLine();
    const upstream = await fakeUpstream(answering(usage(100, 100)));
    writeFileSync(path.join(cli.home, 'tokenpak.yaml'), yaml(upstream.url), { mode: 0o600 });
    const configured = ['--config', path.join(cli.home, 'tokenpak.yaml')];
    const begin = async () => {
      const launched = cli.launch(['start', '--no-tui', '--port', '0', ...configured]);
      return { launched, url: (await launched.printed(/http:\/\/127\.0\.0\.1:\d+/))[0] };
    };
    const list = async (): Promise<BudgetReport> => {
      const { stdout } = await cli.run(['budget', 'list', '--json', ...configured]);
      return (JSON.parse(stdout) as { budgets: BudgetReport[] }).budgets[0]!;
    };
    try {
      const first = await begin();
      for (let count = 0; count < 3; count++) {
        const response = await fetch(`${first.url}/v1/messages`, {
          method: 'POST',
          body: bodyOf(100),
          headers: { 'content-type': 'application/json' },
        });
        expect(response.status).toBe(200);
        await response.text();
      }
      expect(await cli.run(['budget', 'allow', 'day', '--once', '2', ...configured])).toMatchObject({ code: 0 });
      first.launched.signal(signal);
      await first.launched.finished;
      await begin();
      const after = await list();
      expect(after.accounts[0]).toMatchObject({ subject: 'all', granted: 2, reserved: 0 });
      expect(after.accounts[0]!.spent).toBeCloseTo(0.06, 9);
    } finally {
      await cli.close();
      await upstream.close();
    }
  });

  it('several commands at once lose nothing of each other', async () => {
    const cli = commandLine();
    try {
      const scopes = ['all', 'key', 'project', 'model'];
      const set = (per: string) => cli.run(['budget', 'set', `b-${per}`, '--usd', '5', '--per', per]);
      for (const { code } of await Promise.all(scopes.map(set))) expect(code).toBe(0);
      const { stdout } = await cli.run(['budget', 'list']);
      for (const per of scopes) expect(stdout).toContain(`b-${per}  $5.00 per ${per}`);
    } finally {
      await cli.close();
    }
  });

  it('commands work without a proxy as far as that makes sense', async () => {
    const cli = commandLine();
    try {
      expect(await cli.run(['budget', 'set', 'web', '--usd', '5', '--per', 'project'])).toMatchObject({ code: 0 });
      expect((await cli.run(['budget', 'list'])).stdout).toContain('web  $5.00 per project, each day, hard');
      expect(await cli.run(['budget', 'allow', 'web', '--once', '2'])).toMatchObject({ code: 3 });
      const wrong = [
        ['x'],
        ['x', '--usd', '1', '--tokens', '1'],
        ['x', '--usd', '1', '--per', 'y'],
        ['a b', '--usd', '1'],
      ];
      for (const words of wrong) expect(await cli.run(['budget', 'set', ...words])).toMatchObject({ code: 2 });
      expect(await cli.run(['budget', 'remove', 'web'])).toMatchObject({ code: 0 });
      expect((await cli.run(['budget', 'list'])).stdout).toContain('no budgets');
      writeFileSync(path.join(cli.home, 'own.yaml'), 'budgets: [{ name: day, per: all, usd: 1, window: day }]', {
        mode: 0o600,
      });
      const args = ['--config', path.join(cli.home, 'own.yaml')];
      expect(await cli.run(['budget', 'remove', 'day', ...args])).toMatchObject({ code: 2 });
    } finally {
      await cli.close();
    }
  });
});

process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
