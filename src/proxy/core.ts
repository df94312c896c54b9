import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { openAccessKeys, type AccessKeys } from './access-keys/index.ts';
import { Accounts, type SavedBudgets } from './budgets/index.ts';
import { systemClock as clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import { createRedactor } from './config/secret-shapes.ts';
import type { Received } from './exchange.ts';
import { openLedger, type Ledger } from './ledger/index.ts';
import { loopbackThread } from './loopback/index.ts';
import { createModels, type ModelParts, type Models } from './models.ts';
import { createMonitor, type Monitor } from './monitor/index.ts';
import { loopbackName } from './provider-router/index.ts';
import { createRouter, type Routed } from './request-router/index.ts';
import { Load, requestIds, type Sinks } from './server/index.ts';
import { createSinks } from './sinks.ts';
import type { Next } from './stage.ts';
import { savedBudgetsIn } from './saved-budgets.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createTracing, type Tracing } from './tracing/index.ts';

/** What the proxy asks of whoever runs it. */
export interface ProxyHost {
  readonly log: (level: ProxyConfig['logLevel'], message: string) => void;
}

/** What changes with the configuration, read once by each exchange. */
export interface Current {
  readonly config: ProxyConfig;
  readonly route: (method: string, url: string) => Routed;
  readonly pipeline: Next<Received>;
}

/** What a proxy is made of but for its server, whoever asks it: by HTTP, or in this process. */
export interface Core {
  readonly instance: string;
  readonly ledger: Ledger;
  readonly models: Models;
  readonly traffic: Traffic;
  readonly monitor: Monitor;
  readonly tracing: Tracing;
  readonly load: Load;
  readonly sinks: Sinks;
  readonly keys: AccessKeys;
  readonly newId: () => string;
}

/** @param connections others than sockets; they are closed with the models */
export async function openCore(
  config: ProxyConfig,
  host: ProxyHost,
  connections?: ModelParts['connections'],
): Promise<Core> {
  const { ledger, traffic } = await openTraffic(config, host, (code, message) => monitor.notice(code, message));
  const others = connections ? { connections } : {};
  const models = createModels(config, { clock, loopback: loopbackThread(), traffic, ledger, ...others });
  const instance = randomBytes(8).toString('hex');
  const load = loadOf(config, (message) => {
    host.log('warn', message);
    monitor.notice('overload', message);
  });
  const monitor = monitorOf(config, instance, { ledger, models, traffic, load });
  const tracing = createTracing({ redact: createRedactor([]), costParts: models.costParts });
  const keys = await keysOf(config, monitor, host);
  const sinks = createSinks({ ledger, monitor, tracing, log: host.log });
  return { instance, ledger, models, traffic, monitor, tracing, load, sinks, keys, newId: requestIds(clock.wall) };
}

/** What the proxy is with a configuration. */
export async function compose(config: ProxyConfig, models: Models): Promise<Current> {
  const route = createRouter([...Object.keys(config.providers), loopbackName]);
  return { config, route, pipeline: await models.pipeline(config) };
}

/** The ledger keeps the accounts of the budgets. */
async function openTraffic(
  config: ProxyConfig,
  host: ProxyHost,
  notice: Monitor['notice'],
): Promise<Pick<Core, 'ledger' | 'traffic'>> {
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
  { ledger, models, traffic, load }: Pick<Core, 'ledger' | 'models' | 'traffic' | 'load'>,
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

/** What today came to, in the snapshot's shape, which says the time already. */
function todayOf(ledger: Ledger): Omit<ReturnType<Ledger['today']>, 'day'> {
  const { day: _, ...totals } = ledger.today();
  return totals;
}
