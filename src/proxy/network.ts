import type { Clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import { isForbiddenAddress, parseBaseUrl } from './provider-router/index.ts';
import type { RecordSink } from './record.ts';
import {
  createConnections,
  createDeadlines,
  createRetryBudgets,
  guardedLookup,
  watchSockets,
  type RetryBudgetLevel,
  type UpstreamParts,
} from './upstream/index.ts';

export interface NetworkParts {
  readonly clock: Clock;
  /** Told of each request as it goes out. */
  readonly dispatched: RecordSink;
  /** Undefined: sockets, kept alive. */
  readonly connections: UpstreamParts['connections'] | undefined;
}

/** The connections to providers and their deadlines, whatever the configuration becomes. */
export interface Network {
  readonly upstream: (config: ProxyConfig) => UpstreamParts;
  readonly configure: (config: ProxyConfig) => void;
  /** What is connected to for each provider. */
  readonly addresses: (config: ProxyConfig) => ProviderAddress[];
  /** How many retries each provider that was asked would still get. */
  readonly retryBudgets: () => readonly RetryBudgetLevel[];
  readonly setOwnPort: (port: number) => void;
  readonly close: () => Promise<void>;
}

interface ProviderAddress {
  readonly name: string;
  readonly origin: string;
  readonly lookup: ReturnType<typeof guardedLookup>;
}

export function createNetwork(initial: ProxyConfig, parts: NetworkParts): Network {
  const { clock, dispatched } = parts;
  const sockets = watchSockets();
  const sharedSockets = {
    connectMs: initial.deadlines.connectMs,
    maxConnections: initial.capacity.inFlightPerProvider,
    allowsAddress,
  };
  const connections = parts.connections ?? createConnections(sharedSockets);
  const deadlines = createDeadlines(initial.deadlines, clock);
  const retryBudgets = createRetryBudgets(clock.now);
  let ownOrigins = new Set<string>();

  return {
    upstream: (config) => ({
      ...{ connections, deadlines, sockets, clock, dispatched, retryBudgets },
      proxyOf: (provider) => config.providers[provider]?.proxy ?? null,
      maxInFlightPerProvider: config.capacity.inFlightPerProvider,
      isOwnOrigin: (origin) => ownOrigins.has(origin),
      retryTerms: { upstreamRetries: config.upstreamRetries, totalMs: config.deadlines.totalMs },
      random: Math.random,
    }),
    configure: (config) => deadlines.configure(config.deadlines),
    addresses: addressesOf,
    retryBudgets: retryBudgets.levels,
    setOwnPort: (port) => void (ownOrigins = originsAt(port)),
    async close() {
      deadlines.close();
      sockets.close();
      await connections.close();
    },
  };
}

function allowsAddress(address: string, allowsPrivate: boolean): boolean {
  return !isForbiddenAddress(address, { local: allowsPrivate });
}

function addressesOf(config: ProxyConfig): ProviderAddress[] {
  return Object.entries(config.providers).flatMap(([name, settings]) => {
    const base = parseBaseUrl(settings.baseUrl, settings);
    if ('problem' in base) return [];
    const lookup = guardedLookup((address) => allowsAddress(address, settings.local || base.loopback));
    return [{ name, origin: settings.proxy ?? base.origin, lookup }];
  });
}

/** What a base URL that leads back to this proxy begins with. */
function originsAt(port: number): Set<string> {
  return new Set(['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`));
}
