import type { Clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import type { Received } from './exchange.ts';
import type { Ledger } from './ledger/index.ts';
import type { LoopbackThread } from './loopback/index.ts';
import { createNetwork, type Network, type NetworkParts } from './network.ts';
import { createPipeline } from './pipeline.ts';
import type { ProviderRouterParts } from './provider-router/index.ts';
import type { RecordSink, RequestRecord } from './record.ts';
import type { Next } from './stage.ts';
import type { CostPart } from './token-counter/cost.ts';
import {
  costParts,
  estimator,
  listPrices,
  loadPrices,
  priceCeiling,
  pricing,
  tokenCounter,
  usageProgress,
  type LiveUsage,
  type PricedRequest,
  type PriceTable,
} from './token-counter/index.ts';
import type { Traffic } from './traffic.ts';

export interface ModelParts {
  readonly clock: Clock;
  readonly loopback: LoopbackThread;
  readonly traffic: Traffic;
  /** Others than sockets, where a provider is not to be asked over the network. */
  readonly connections?: NetworkParts['connections'];
  /** Where requests are written down: as they go out, and once more when an estimate has got better. */
  readonly ledger: { readonly started: RecordSink; readonly corrected: Ledger['corrected'] };
}

/** What lives as long as the proxy, whatever its configuration becomes. */
export interface Models extends Pick<Network, 'addresses' | 'retryBudgets' | 'setOwnPort'> {
  /** The pipeline for a configuration. */
  readonly pipeline: (config: ProxyConfig) => Promise<Next<Received>>;
  readonly configure: (config: ProxyConfig) => void;
  /** What each class of a finished request's tokens cost, by the prices of now; null where that is not its cost. */
  readonly costParts: (request: PricedRequest) => CostPart[] | null;
  readonly progressOf: (record: RequestRecord) => LiveUsage | null;
  /** What a user should know of the price file. */
  readonly notices: () => string[];
  readonly close: () => Promise<void>;
}

export function createModels(initial: ProxyConfig, parts: ModelParts): Models {
  const { clock, loopback, traffic, ledger, connections } = parts;
  const network = createNetwork(initial, { clock, dispatched: ledger.started, connections });
  const counting = estimator({ clock });
  const progress = usageProgress();
  let priceProblems: readonly string[] = [];
  let prices: PriceTable | null = null;
  // The demonstration asks it at once; elsewhere it is started by the first who does. A failure is told to who asks.
  if (initial.demo) loopback.url().catch(() => undefined);

  async function compose(config: ProxyConfig): Promise<Next<Received>> {
    const { table, problems } = await loadPrices(config.pricesFile);
    priceProblems = problems;
    prices = table;
    const counter = tokenCounter({
      usage: config.usage,
      pricing: pricing(table),
      ...{ estimator: counting, progress },
      isLocal: (provider) => config.providers[provider]?.local ?? false,
      refined: (record, refinement) => ledger.corrected({ ...record, ...refinement }, record),
    });
    const stages = {
      tokenCounter: counter,
      rateLimiter: traffic.rateLimiter,
      budgets: traffic.budgetStage(priceCeiling(table)),
      providerRouter: routerParts(config, { traffic, loopback, clock, priceOf: listPrices(table, clock.wall) }),
      circuitBreaker: traffic.circuitBreaker,
      upstream: network.upstream(config),
    };
    return createPipeline({ aliases: config.aliases, ...stages }, clock.now);
  }

  return {
    pipeline: compose,
    configure(config) {
      network.configure(config);
      traffic.configure(config);
    },
    costParts: (request) => prices && costParts(prices, request),
    progressOf: progress.of,
    addresses: network.addresses,
    retryBudgets: network.retryBudgets,
    notices: () => priceProblems.map((problem) => `price file: ${problem}`),
    setOwnPort: network.setOwnPort,
    async close() {
      counting.close();
      await Promise.all([network.close(), loopback.close()]);
    },
  };
}

interface RouterSources extends Pick<ModelParts, 'traffic' | 'loopback' | 'clock'> {
  readonly priceOf: ProviderRouterParts['priceOf'];
}

function routerParts(config: ProxyConfig, { traffic, loopback, clock, priceOf }: RouterSources): ProviderRouterParts {
  const { providers, routes, deadlines } = config;
  const learnt = { memory: traffic.routerMemory, circuits: traffic.breakers };
  const sources = { loopbackUrl: loopback.url, priceOf, random: Math.random, clock };
  return { providers, routes, totalMs: deadlines.totalMs, ...learnt, ...sources };
}
