import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { openAccessKeys, takeKeys, type AccessKeys } from './access-keys/index.ts';
import { Accounts, type SavedBudgets } from './budgets/index.ts';
import { createAdmin, type Admin } from './admin/index.ts';
import { systemClock as clock } from './clock.ts';
import type { Change, ChangeProblem } from './change.ts';
import type { ProxyConfig } from './config/config.ts';
import { createRedactor } from './config/secret-shapes.ts';
import { createDrain, type Drain } from './drain.ts';
import type { Received } from './exchange.ts';
import { openLedger, type Ledger } from './ledger/index.ts';
import { loopbackThread } from './loopback/index.ts';
import { createModels, type Models } from './models.ts';
import { createMonitor, type Monitor } from './monitor/index.ts';
import { productName } from './product-name.ts';
import { loopbackName } from './provider-router/index.ts';
import { createRouter, dialectOfPath, type Routed } from './request-router/index.ts';
import {
  Admission,
  bind,
  BodyReader,
  ClientConnections,
  createGuard,
  createListener,
  declaredLength,
  Door,
  Load,
  ownAnswers,
  requestIds,
  type Sinks,
} from './server/index.ts';
import { connectionLimit } from './server/connection-limit.ts';
import { createSinks } from './sinks.ts';
import type { Next } from './stage.ts';
import { savedBudgetsIn } from './saved-budgets.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createTracing, type Tracing } from './tracing/index.ts';

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
  /** Takes providers, aliases, limits, breakers, deadlines, usage and prices from a new configuration, for the requests from now on. */
  readonly reload: (config: ProxyConfig) => Promise<void>;
  readonly change: (change: Change) => Promise<ChangeProblem>;
}

/** What changes with the configuration, read once by each exchange. */
interface Current {
  readonly config: ProxyConfig;
  readonly route: (method: string, url: string) => Routed;
  readonly pipeline: Next<Received>;
}

/** What is made once, before the proxy listens. */
interface Parts {
  readonly config: ProxyConfig;
  readonly instance: string;
  readonly ledger: Ledger;
  readonly models: Models;
  readonly traffic: Traffic;
  readonly monitor: Monitor;
  readonly tracing: Tracing;
  readonly load: Load;
  readonly connections: ClientConnections;
  readonly drain: Drain;
  readonly sinks: Sinks;
  readonly keys: AccessKeys;
  readonly newId: () => string;
  /** Read anew each time: a reload changes it. */
  readonly current: () => Current;
  /** Known once it is bound. */
  readonly port: () => number;
}

/** Puts the proxy together and starts it. Two of them share nothing. @throws Node's error when the address cannot be bound */
export async function createProxy(config: ProxyConfig, host: ProxyHost): Promise<Proxy> {
  const { ledger, traffic } = await openTraffic(config, host, (code, message) => monitor.notice(code, message));
  const models = createModels(config, { clock, loopback: loopbackThread(), traffic, ledger });
  let current = await compose(config, models);
  let port = config.listen.port;
  const instance = randomBytes(8).toString('hex');
  const load = loadOf(config, (message) => {
    host.log('warn', message);
    monitor.notice('overload', message);
  });
  const connections = new ClientConnections(connectionLimit(config.capacity.connections), load);
  const monitor = monitorOf(config, instance, { ledger, models, traffic, load });
  const tracing = createTracing({ redact: createRedactor([]), costParts: models.costParts });
  const keys = await keysOf(config, monitor, host);
  const drain = createDrain({ clock, ledger, monitor, models });
  const sinks = createSinks({ ledger, monitor, tracing, log: host.log });
  const made = {
    ...{ config, instance, ledger, models, traffic, monitor, tracing, load, connections, drain, sinks, keys },
    newId: requestIds(clock.wall),
  };
  const door = openDoor({ ...made, current: () => current, port: () => port });
  const listener = createListener(door, {
    ...{ client: config.client, clock, load, connections, newId: made.newId, refused: sinks.refused },
  });
  const bound = await bind(listener, config.listen.host, config.listen.port).catch(async (error: unknown) => {
    await drain.release(listener);
    throw error;
  });
  port = bound.port;
  models.setOwnPort(port);
  return {
    ...{ port, address: { v4: bound.v4, v6: bound.v6 }, instance },
    notices: [...bound.notices, ...models.notices(), ...keys.notices],
    drain: (graceMs) => drain.run(door, listener, graceMs),
    async reload(next) {
      current = await reloaded(config, next, { models, keys, host });
      monitor.notice('reload', 'the configuration has been read again');
    },
    change: async (change) => (change.kind === 'registry' ? keys.reread() : traffic.change(change)),
  };
}

type Composed = Pick<Parts, 'models' | 'keys'> & { readonly host: ProxyHost };

/** Gives what the proxy is from now on. */
async function reloaded(before: ProxyConfig, next: ProxyConfig, { models, keys, host }: Composed): Promise<Current> {
  const composed = await compose(next, models);
  models.configure(next);
  keys.configure(next.keys);
  // A command that could not reach this proxy may have changed them meanwhile.
  await keys.reread();
  for (const name of fixed(before, next)) {
    host.log('warn', `${name} has changed: it takes effect at the next start`);
  }
  return composed;
}

/** The ledger keeps the accounts of the budgets. */
async function openTraffic(
  config: ProxyConfig,
  host: ProxyHost,
  notice: Monitor['notice'],
): Promise<Pick<Parts, 'ledger' | 'traffic'>> {
  const accounts = new Accounts(clock.wall);
  const ledger = await ledgerOf(config, host, accounts);
  const savedBudgets = await openSavedBudgets(config, host);
  return { ledger, traffic: createTraffic(config, { clock, ledger, accounts, savedBudgets, notice }) };
}

function ledgerOf({ paths, ledger, demo }: ProxyConfig, host: ProxyHost, spending: Accounts): Promise<Ledger> {
  const warn = (message: string): void => host.log('warn', message);
  return openLedger({ directory: paths.dataDir, limits: ledger, demo, clock, warn, spending });
}

/** A file that cannot be used is said so, and left as it is: the configured budgets hold all the same. */
async function openSavedBudgets({ paths, budgets }: ProxyConfig, host: ProxyHost): Promise<SavedBudgets> {
  const saved = savedBudgetsIn(paths.dataDir);
  for (const problem of await saved.load(budgets)) host.log('warn', problem);
  return saved;
}

function keysOf({ paths, keys }: ProxyConfig, { keyTimes }: Monitor, { log }: ProxyHost): Promise<AccessKeys> {
  return openAccessKeys({ dataDir: paths.dataDir, option: keys, clock, times: keyTimes, log });
}

function monitorOf(
  config: ProxyConfig,
  instance: string,
  { ledger, models, traffic, load }: Pick<Parts, 'ledger' | 'models' | 'traffic' | 'load'>,
): Monitor {
  return createMonitor({
    ...{ clock, version: config.version, instance, metrics: config.metrics },
    today: () => todayOf(ledger),
    // The demo shows its play money; elsewhere it is kept out of the user's own.
    isPlayMoney: (record) => !config.demo && record.provider === loopbackName,
    progressOf: (record) => models.progressOf(record),
    traffic: traffic.numbers,
    limits: traffic.limits,
    ledgerDropped: () => ledger.health().dropped,
    retryBudgets: models.retryBudgets,
    shed: () => load.shed,
  });
}

function openDoor(parts: Parts): Door {
  const { config, load, connections, drain, sinks, keys, newId, current, port } = parts;
  const { maxBodyBytes } = config.capacity;
  const bodyLimits = { maxBytes: maxBodyBytes, bodyMs: config.client.bodyMs, maxHeldBytes: maxHeldBytes() };
  return new Door({
    ...{ clock, load, connections, dialectOfPath, declaredLength, sinks, newId, isDraining: drain.isDraining },
    guard: createGuard({ allowedHosts: hostsOf(config), token: config.listen.token, port }),
    ...{ takeKeys, admitKeys: (brought: readonly string[]) => keys.admit(brought) },
    route: (method, url) => current().route(method, url),
    own: ownAnswers(adminOf(parts), clock),
    admission: new Admission(config.capacity, clock, load),
    bodies: new BodyReader(bodyLimits, clock, load),
    pipeline: (exchange) => current().pipeline(exchange),
  });
}

function loadOf({ capacity }: ProxyConfig, tell: (message: string) => void): Load {
  return new Load({
    ...{ clock, lagMs: capacity.lagMs },
    usedMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    heapShare() {
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
      return used / limit;
    },
    changed: (pressure) => tell(`new requests are ${pressure === null ? 'taken again' : pressures[pressure]}`),
  });
}

const pressures = {
  event_loop: 'refused: the event loop is late, there is more to do than the processor can',
  heap: 'refused: there is hardly any memory left',
};

/** All bodies together take no more than a quarter of what the heap may grow to. */
function maxHeldBytes(): number {
  return getHeapStatistics().heap_size_limit / 4;
}

function adminOf({ config, instance, ledger, models, traffic, load, monitor, tracing, drain, current }: Parts): Admin {
  return createAdmin({
    ...{ name: productName, version: config.version, instance, clock },
    get requestTimeoutMs() {
      return current().config.deadlines.totalMs;
    },
    inFlight: monitor.inFlight,
    totals: monitor.totals,
    storage: () => storageOf(ledger),
    circuitBreakers: () => traffic.breakers.status(),
    shedding: () => load.pressure,
    isDraining: drain.isDraining,
    stateDir: config.paths.dataDir,
    providers: () => models.addresses(current().config),
    ...{ snapshot: monitor.snapshot, run: monitor.run, session: monitor.session, recent: monitor.recent },
    ...{ traces: tracing.newest, trace: tracing.trace, subscribe: monitor.subscribe, metrics: monitor.metrics },
  });
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
