import { getHeapStatistics } from 'node:v8';
import { takeKeys } from './access-keys/index.ts';
import { createAdmin, type Admin } from './admin/index.ts';
import { systemClock as clock } from './clock.ts';
import type { Change, ChangeProblem } from './change.ts';
import type { ProxyConfig } from './config/config.ts';
import { compose, openCore, type Core, type Current, type ProxyHost } from './core.ts';
import { createDrain, type Drain } from './drain.ts';
import type { Ledger } from './ledger/index.ts';
import { productName } from './product-name.ts';
import { dialectOfPath } from './request-router/index.ts';
import {
  Admission,
  bind,
  BodyReader,
  ClientConnections,
  createGuard,
  createListener,
  declaredLength,
  Door,
  ownAnswers,
} from './server/index.ts';
import { connectionLimit } from './server/connection-limit.ts';

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

/** What is made once, before the proxy listens. */
interface Parts extends Core {
  readonly config: ProxyConfig;
  readonly connections: ClientConnections;
  readonly drain: Drain;
  /** Read anew each time: a reload changes it. */
  readonly current: () => Current;
  /** Known once it is bound. */
  readonly port: () => number;
}

/** Puts the proxy together and starts it. Two of them share nothing. @throws Node's error when the address cannot be bound */
export async function createProxy(config: ProxyConfig, host: ProxyHost): Promise<Proxy> {
  const core = await openCore(config, host);
  const { instance, ledger, models, traffic, monitor, load, keys, newId } = core;
  let current = await compose(config, models);
  let port = config.listen.port;
  const connections = new ClientConnections(connectionLimit(config.capacity.connections), load);
  const drain = createDrain({ clock, ledger, monitor, models });
  const door = openDoor({ ...core, config, connections, drain, current: () => current, port: () => port });
  const listener = createListener(door, {
    ...{ client: config.client, clock, load, connections, newId, refused: core.sinks.refused },
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

/** An exposed proxy answers to the address that it is bound to. */
function hostsOf({ listen }: ProxyConfig): string[] {
  const named = listen.allowedHosts.map((name) => name.toLowerCase());
  return listen.expose ? [...named, listen.host.includes(':') ? `[${listen.host}]` : listen.host] : named;
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
