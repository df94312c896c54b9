import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerSchemas } from '../src/proxy/admin/schemas.ts';
import type { UpstreamScript } from './support/fake-upstream.ts';
import { message, proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';
import { streamFixtures } from './support/streams.ts';

// Whether all is right under load. How fast it is says the benchmark: here times are told, and nothing hangs on them.

const anthropic = streamFixtures[0]!;
const stream = anthropic.events.join('');
const reply = (type: string, body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const provider: UpstreamScript = async (connection) => {
  for (;;) {
    const { body } = await connection.read();
    const streamed = body.includes('"stream":true');
    await connection.write(streamed ? reply('text/event-stream', stream) : reply('application/json', message));
  }
};

let proxied: ProxiedUpstream;
beforeAll(async () => {
  proxied = await proxiedUpstream(provider);
});
afterAll(() => proxied.close());

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

const seconds = 1;
const perSecond = 100;

async function timed(asked: Promise<Response>): Promise<Answered> {
  const startedAt = performance.now();
  const response = await asked;
  return { status: response.status, text: await response.text(), tookMs: performance.now() - startedAt };
}

const get = (path: string): Promise<Answered> => timed(fetch(proxied.proxy.url + path));
function ask(body = anthropic.body.replace('"stream":true', '"stream":false')): Promise<Answered> {
  const headers = { 'content-type': 'application/json' };
  return timed(fetch(`${proxied.proxy.url}/v1/messages`, { method: 'POST', headers, body }));
}

/** Begins a request at each tick, whatever became of those before. */
async function load(begin: () => Promise<Answered>): Promise<Answered[]> {
  const begun: Promise<Answered>[] = [];
  for await (const _ of setInterval(1000 / perSecond)) if (begun.push(begin()) === seconds * perSecond) break;
  return Promise.all(begun);
}

function told(answers: readonly Answered[], sinceMs: number): string {
  const sorted = answers.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  const at = (share: number): string => sorted[Math.ceil(share * sorted.length) - 1]!.toFixed(1);
  const achieved = (answers.length / (performance.now() - sinceMs)) * 1000;
  return `${achieved.toFixed(0)} of ${perSecond} requests/s; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

interface Stats {
  readonly run: { readonly requests: number; readonly errors: number; readonly tokens: { readonly output: number } };
  readonly in_flight: unknown;
}

describe('a hundred requests a second', () => {
  it.each([
    ['through the proxy', () => ask(), message],
    ['that are streams', () => ask(anthropic.body), stream],
  ])('are all answered: %s', async (_, begin, expected) => {
    const startedAt = performance.now();
    const answers = await load(begin);
    console.info(told(answers, startedAt));
    expect(answers.filter(({ status, text }) => status !== 200 || text !== expected)).toEqual([]);
  });

  it.each(['/health', '/stats'] as const)(
    'of %s are all answered with what it promises, while others go through',
    async (path) => {
      const startedAt = performance.now();
      const [answers, others] = await Promise.all([load(() => get(path)), load(() => ask())]);
      console.info(told(answers, startedAt));
      for (const { status, text } of answers) {
        expect(status).toBe(200);
        answerSchemas[path].parse(JSON.parse(text));
      }
      expect(others.filter(({ status }) => status !== 200)).toEqual([]);
    },
  );
});

describe('a hundred requests at once', () => {
  const twenty = <Path extends string>(path: Path) =>
    Array.from({ length: 20 }, async () => ({ path, ...(await get(path)) }));

  it('are all answered, and so are questions about them', async () => {
    const paths = ['/health', '/stats', '/recent', '/traces', '/stats/session'] as const;
    const asked = Array.from({ length: 100 }, () => ask());
    const [told, answers] = await Promise.all([Promise.all(paths.flatMap((path) => twenty(path))), Promise.all(asked)]);
    for (const { path, status, text } of told) {
      expect(status).toBe(200);
      answerSchemas[path].parse(JSON.parse(text));
    }
    expect(answers.filter(({ status, text }) => status !== 200 || text !== message)).toEqual([]);
  });
});

describe('after all that', () => {
  it('every request was counted, none was an error, and nothing is held', async () => {
    const total = 4 * seconds * perSecond + 100;
    await proxied.unharmed(total);
    const { run } = JSON.parse((await get('/stats')).text) as Stats;
    expect(run).toMatchObject({ requests: total, errors: 0, tokens: { output: total * 5 } });
    const health = answerSchemas['/health'].parse(JSON.parse((await get('/health')).text));
    expect(health).toMatchObject({ requests_total: total, errors_total: 0, storage: { state: 'ok', dropped: 0 } });
    expect(await proxied.proxy.proxy.drain(1000)).toEqual({ clean: true });
  });
});
