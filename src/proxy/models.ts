import type { Clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import type { Received } from './exchange.ts';
import type { Ledger } from './ledger/index.ts';
import type { LoopbackThread } from './loopback/index.ts';
import { createPipeline } from './pipeline.ts';
import { isForbiddenAddress, parseBaseUrl } from './provider-router/index.ts';
import type { RecordSink, RequestRecord } from './record.ts';
import type { Next } from './stage.ts';
import { estimator, loadPrices, pricing, tokenCounter, usageProgress, type LiveUsage } from './token-counter/index.ts';
import { createConnections, createDeadlines, guardedLookup, watchSockets } from './upstream/index.ts';

export interface ModelParts {
  readonly clock: Clock;
  readonly loopback: LoopbackThread;
  /** Where requests are written down: as they go out, and once more when an estimate has got better. */
  readonly ledger: { readonly started: RecordSink; readonly corrected: Ledger['corrected'] };
}

/** What lives as long as the proxy, whatever its configuration becomes. */
export interface Models {
  /** The pipeline for a configuration. */
  readonly pipeline: (config: ProxyConfig) => Promise<Next<Received>>;
  readonly configure: (config: ProxyConfig) => void;
  readonly progressOf: (record: RequestRecord) => LiveUsage | null;
  /** What is connected to for each provider. */
  readonly addresses: (config: ProxyConfig) => ProviderAddress[];
  /** What a user should know of the price file. */
  readonly notices: () => string[];
  readonly setOwnPort: (port: number) => void;
  readonly close: () => Promise<void>;
}

interface ProviderAddress {
  readonly name: string;
  readonly origin: string;
  readonly lookup: ReturnType<typeof guardedLookup>;
}

export function createModels(initial: ProxyConfig, { clock, loopback, ledger }: ModelParts): Models {
  const sockets = watchSockets();
  const allowsAddress = (address: string, allowsPrivate: boolean): boolean =>
    !isForbiddenAddress(address, { local: allowsPrivate });
  const connections = createConnections({
    connectMs: initial.deadlines.connectMs,
    maxConnections: initial.capacity.inFlightPerProvider,
    allowsAddress,
  });
  const deadlines = createDeadlines(initial.deadlines, clock);
  const counting = estimator({ clock });
  const progress = usageProgress();
  let ownOrigins = new Set<string>();
  let priceProblems: readonly string[] = [];
  // The demonstration asks it at once; elsewhere it is started by the first who does. A failure is told to who asks.
  if (initial.demo) loopback.url().catch(() => undefined);

  async function compose(config: ProxyConfig): Promise<Next<Received>> {
    const { table, problems } = await loadPrices(config.pricesFile);
    priceProblems = problems;
    const counter = tokenCounter({
      usage: config.usage,
      pricing: pricing(table),
      ...{ estimator: counting, progress },
      isLocal: (provider) => config.providers[provider]?.local ?? false,
      refined: (record, refinement) => ledger.corrected({ ...record, ...refinement }, record),
    });
    const upstreamParts = {
      ...{ connections, deadlines, sockets, clock, dispatched: ledger.started },
      proxyOf: (provider: string) => config.providers[provider]?.proxy ?? null,
      maxInFlightPerProvider: config.capacity.inFlightPerProvider,
      isOwnOrigin: (origin: string) => ownOrigins.has(origin),
    };
    const router = { providers: config.providers, loopbackUrl: loopback.url };
    const parts = { aliases: config.aliases, tokenCounter: counter, providerRouter: router, upstream: upstreamParts };
    return createPipeline(parts, clock.now);
  }

  return {
    pipeline: compose,
    configure: (config) => deadlines.configure(config.deadlines),
    progressOf: progress.of,
    addresses: (config) => addressesOf(config, allowsAddress),
    notices: () => priceProblems.map((problem) => `price file: ${problem}`),
    setOwnPort: (port) => void (ownOrigins = originsAt(port)),
    async close() {
      deadlines.close();
      sockets.close();
      counting.close();
      await Promise.all([connections.close(), loopback.close()]);
    },
  };
}

type AllowsAddress = (address: string, allowsPrivate: boolean) => boolean;

function addressesOf(config: ProxyConfig, allowsAddress: AllowsAddress): ProviderAddress[] {
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
