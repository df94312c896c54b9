import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { createAdmin } from './admin/index.ts';
import { systemClock as clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import { createDrain } from './drain.ts';
import type { Received } from './exchange.ts';
import { openLedger, type Ledger } from './ledger/index.ts';
import { loopbackThread } from './loopback/index.ts';
import { createModels, type Models } from './models.ts';
import { createMonitor } from './monitor/index.ts';
import { productName } from './product-name.ts';
import { loopbackName } from './provider-router/index.ts';
import { createRouter, dialectOfPath, type Routed } from './request-router/index.ts';
import {
  bind,
  createAdmission,
  createBodyReader,
  createDoor,
  createGuard,
  createListener,
  declaredLength,
  ownAnswers,
  requestIds,
  responseSink,
} from './server/index.ts';
import { connectionLimit } from './server/connection-limit.ts';
import { createSinks } from './sinks.ts';
import type { Next } from './stage.ts';
import { createTracing } from './tracing/index.ts';

/** What the proxy asks of whoever runs it. */
export interface ProxyHost {
  readonly log: (level: ProxyConfig['logLevel'], message: string) => void;
}

export interface Proxy {
  readonly port: number;
  /** The addresses that it holds. */
  readonly address: { readonly v4: string | null; readonly v6: string | null };
  /** What its user should know before anything else. */
  readonly notices: readonly string[];
  /** Which of several proxies this is; `/health` says it too. */
  readonly instance: string;
  /** Stops taking requests, and ends those that are still going on after `graceMs` with an error; clean when there were none. */
  readonly drain: (graceMs: number) => Promise<{ readonly clean: boolean }>;
  /** Takes providers, deadlines, usage and prices from a new configuration, for the requests from now on. */
  readonly reload: (config: ProxyConfig) => Promise<void>;
}

/** What changes with the configuration, read once by each exchange. */
interface Current {
  readonly config: ProxyConfig;
  readonly route: (method: string, url: string) => Routed;
  readonly pipeline: Next<Received>;
}

/** Puts the proxy together and starts it. Two of them share nothing. @throws Node's error when the address cannot be bound */
export async function createProxy(config: ProxyConfig, host: ProxyHost): Promise<Proxy> {
  const instance = randomBytes(8).toString('hex');
  const ledger = await openLedger({
    directory: config.paths.dataDir,
    limits: config.ledger,
    demo: config.demo,
    clock,
    warn: (message) => host.log('warn', message),
  });
  const models = createModels(config, { clock, loopback: loopbackThread(), ledger });
  let current = await compose(config, models);
  const monitor = createMonitor({
    clock,
    version: config.version,
    instance,
    metrics: config.metrics,
    today: () => todayOf(ledger),
    // The demo shows its play money; elsewhere it is kept out of the user's own.
    isPlayMoney: (record) => !config.demo && record.provider === loopbackName,
    progressOf: (record) => models.progressOf(record),
    ledgerDropped: () => ledger.health().dropped,
  });
  const tracing = createTracing();
  const drain = createDrain({ clock, ledger, monitor, models });
  let port = config.listen.port;
  const newId = requestIds(clock.wall);
  const sinks = createSinks({ ledger, monitor, tracing, log: host.log });
  const admin = createAdmin({
    ...{ name: productName, version: config.version, instance, clock },
    get requestTimeoutMs() {
      return current.config.deadlines.totalMs;
    },
    inFlight: monitor.inFlight,
    totals: monitor.totals,
    storage: () => storageOf(ledger),
    isDraining: drain.isDraining,
    stateDir: config.paths.dataDir,
    providers: () => models.addresses(current.config),
    ...{ snapshot: monitor.snapshot, run: monitor.run, session: monitor.session, recent: monitor.recent },
    ...{ traces: tracing.newest, trace: tracing.trace, subscribe: monitor.subscribe, metrics: monitor.metrics },
  });
  const { maxBodyBytes } = config.capacity;
  const door = createDoor({
    ...{ clock, dialectOfPath, declaredLength, sinks, newId },
    guard: createGuard({ allowedHosts: hostsOf(config), token: config.listen.token, port: () => port }),
    route: (method, url) => current.route(method, url),
    own: ownAnswers(admin, clock),
    admission: createAdmission(config.capacity, clock),
    bodies: createBodyReader(
      { maxBytes: maxBodyBytes, bodyMs: config.client.bodyMs, maxHeldBytes: getHeapStatistics().heap_size_limit / 4 },
      clock,
    ),
    pipeline: (exchange) => current.pipeline(exchange),
    sinkOf: (response) => responseSink(response, drain.isDraining),
  });
  const listener = createListener(door, {
    ...{ client: config.client, clock, newId, refused: sinks.refused },
    maxConnections: connectionLimit(config.capacity.connections),
  });
  const bound = await bind(listener, config.listen.host, config.listen.port).catch(async (error: unknown) => {
    await drain.release(listener);
    throw error;
  });
  port = bound.port;
  models.setOwnPort(port);
  return {
    ...{ port, address: { v4: bound.v4, v6: bound.v6 }, instance },
    notices: [...bound.notices, ...models.notices()],
    drain: (graceMs) => drain.run(door, listener, graceMs),
    async reload(next) {
      const composed = await compose(next, models);
      models.configure(next);
      for (const name of fixed(config, next))
        host.log('warn', `${name} has changed: it takes effect at the next start`);
      current = composed;
    },
  };
}

async function compose(config: ProxyConfig, models: Models): Promise<Current> {
  const route = createRouter([...Object.keys(config.providers), loopbackName]);
  return { config, route, pipeline: await models.pipeline(config) };
}

/** An exposed proxy answers to the address that it is bound to. */
function hostsOf({ listen }: ProxyConfig): string[] {
  const named = listen.allowedHosts.map((name) => name.toLowerCase());
  return listen.expose ? [...named, listen.host.includes(':') ? `[${listen.host}]` : listen.host] : named;
}

/** What today came to, in the snapshot's shape, which says the time already. */
function todayOf(ledger: Ledger): Omit<ReturnType<Ledger['today']>, 'day'> {
  const { day: _, ...totals } = ledger.today();
  return totals;
}

/** What a reload leaves as it was. */
function fixed(before: ProxyConfig, after: ProxyConfig): string[] {
  const names = ['listen', 'capacity', 'client', 'ledger', 'metrics', 'paths'] as const;
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

function storageOf(ledger: Ledger): ReturnType<Parameters<typeof createAdmin>[0]['storage']> {
  const { state, reason, dropped, late, syncFailures } = ledger.health();
  return { state, reason, dropped, late, syncFailures };
}
