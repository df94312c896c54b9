import { describe, expect, it } from 'vitest';
import { Accounts, Budgets, budgets, SavedBudgets } from '../src/proxy/budgets/index.ts';
import { breakerOptions } from '../src/proxy/circuit-breaker/options.ts';
import { circuitBreaker, createBreakers } from '../src/proxy/circuit-breaker/index.ts';
import type { Received, Settle } from '../src/proxy/exchange.ts';
import { providerRouter } from '../src/proxy/provider-router/index.ts';
import { routesOption } from '../src/proxy/provider-router/route-options.ts';
import { type LimitRule, rateFrom } from '../src/proxy/quota.ts';
import { createLimits, rateLimiter } from '../src/proxy/rate-limiter/index.ts';
import type { Reply } from '../src/proxy/reply.ts';
import { createRouter, requestRouter } from '../src/proxy/request-router/index.ts';
import { pipeline } from '../src/proxy/stage.ts';
import { rule as budget } from './support/budgets.ts';
import { received } from './support/exchange.ts';
import { fakeClock } from './support/fake-clock.ts';
import { usedHeap } from './support/held-bytes.ts';
import { requestRecord } from './support/request-record.ts';
import { held, routerParts } from './support/routing.ts';

const mebibyte = 1024 * 1024;

function limit(name: string, per: LimitRule['per']): LimitRule {
  const none = { concurrent: null, burst: null, match: null, shadow: true } as const;
  return { name, per, requests: rateFrom('1/h'), tokens: rateFrom('1/h'), ...none };
}

/** Everything that remembers something of whom it has seen, and a provider that answers at once. */
function trafficControl() {
  const clock = fakeClock();
  const limits = createLimits(clock);
  limits.configure([limit('models', 'model'), limit('projects', 'project')]);
  const saved = new SavedBudgets({ read: () => Promise.resolve(null), write: () => Promise.resolve() });
  const all = new Budgets({
    ...{ accounts: new Accounts(clock.wall), wall: clock.wall, days: () => [], saved, written: (done) => done() },
    ...{ isPlayMoney: () => false, notice: () => undefined, adjusted: () => undefined },
  });
  all.configure([
    budget({ name: 'models', per: 'model', amount: 1e9 }),
    budget({ name: 'projects', per: 'project', amount: 1e9 }),
    budget({ name: 'sessions', per: 'session', window: 'session', amount: 1e9 }),
    budget({ name: 'agents', per: 'agent', window: 'month', amount: 1e9 }),
  ]);
  const breakers = createBreakers({ options: breakerOptions.parse({}), now: clock.now, changed: () => undefined });
  const parts = routerParts();
  const routes = routesOption.parse([{ targets: ['anthropic', 'backup'], choose: 'latency', sticky: 'session' }]);
  const reply = (): Reply => ({
    ...{ status: 200, headers: [], dialect: 'anthropic-messages', hasBody: true, layers: [] },
    body: {
      start: (receiver) => receiver.end(),
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    },
  });
  const run = pipeline<Received>(clock.now)
    .then(requestRouter({}))
    .then(rateLimiter(limits))
    .then(budgets({ budgets: all, ceilingOf: () => ({ input: 1, output: 1 }) }))
    .then(
      providerRouter({
        ...{ ...parts, routes, circuits: breakers, clock, providers: held },
        loopbackUrl: () => Promise.reject(new Error('not asked for')),
      }),
    )
    .then(circuitBreaker({ breakers, now: clock.now }))
    .end({ name: 'upstream', handle: () => Promise.resolve(reply()) });
  return { run, limits, budgets: all };
}

const routeOf = createRouter([]);
/** One text, and not one that is still made of its parts: what is cut out of it holds all of it. */
const flat = (text: string): string => Buffer.from(text).toString('latin1');

interface Asked {
  readonly model: string;
  readonly url: string;
  readonly headers: readonly string[];
}

/** Sends a request through, to its end. */
async function send({ run }: ReturnType<typeof trafficControl>, asked: Asked): Promise<void> {
  const settling: Settle[] = [];
  const record = requestRecord({ limits: [], budgets: [], stages: [] });
  const { route, query } = routeOf('POST', asked.url);
  const body = `{"model":"${asked.model}","max_tokens":5,"messages":[]}`;
  const hold = (settle: Settle): void => void settling.push(settle);
  const { layers } = await run({ ...received({ body, query, record, hold, headers: asked.headers }), route });
  for (const layer of layers) if ('observer' in layer) layer.observer.ended?.('ok', record);
  for (const settle of settling) settle(record);
}

/** The bytes by which what is in use has grown. */
async function grownBy(count: number, asked: (number: number) => Asked): Promise<number> {
  const control = trafficControl();
  await send(control, asked(0));
  const before = usedHeap();
  for (let number = 1; number <= count; number++) await send(control, asked(number));
  const grown = usedHeap() - before;
  // It has been there all the time.
  expect(control.limits.status()[0]!.subjects).toBeGreaterThan(1);
  expect(control.budgets.report()).toHaveLength(4);
  return grown;
}

describe('names that clients make up', () => {
  it('take a bounded memory: 100,000 models, sessions, projects and agents', async () => {
    const url = (number: number): string => flat(`/p/project-number-${number}/v1/messages?${'q'.repeat(512)}`);
    const grown = await grownBy(100_000, (number) => ({
      model: `claude-made-up-${number}`,
      url: url(number),
      headers: [
        'x-tokenpak-session',
        `session-number-${number}`,
        'user-agent',
        flat(`agent-number-${number}/${'u'.repeat(512)}`),
      ],
    }));
    console.info(`${(grown / mebibyte).toFixed(1)} MiB`);
    expect(grown).toBeLessThan(45 * mebibyte);
  }, 60_000);

  it('take a bounded memory where each is as long as a request can be', async () => {
    const long = 'm'.repeat(200_000);
    const grown = await grownBy(1000, (number) => ({
      model: `${number}${long}`,
      url: '/v1/messages',
      headers: ['x-tokenpak-session', `${number}${'s'.repeat(8000)}`],
    }));
    console.info(`${(grown / mebibyte).toFixed(1)} MiB`);
    expect(grown).toBeLessThan(10 * mebibyte);
  });
});
