import type { KeysOption } from '../access-keys/options.ts';
import type { BreakerOptions } from '../circuit-breaker/options.ts';
import type { CapacityOptions, ClientDeadlineOptions, ListenOptions } from '../server/options.ts';
import type { DeadlineOptions } from '../upstream/options.ts';
import type { BudgetRule } from '../quota.ts';
import type { LedgerOptions } from '../ledger/options.ts';
import type { LimitRule } from '../quota.ts';
import type { ProviderOptions } from '../provider-router/options.ts';
import type { RouteOptions } from '../provider-router/route-options.ts';
import type { UsageOption } from '../token-counter/options.ts';

/** A provider's options with its key resolved: read once, from the environment or its file. */
export interface ProviderSettings extends ProviderOptions {
  /** The held key, or null. Never logged, shown or written. */
  readonly apiKey: string | null;
  /** Further ones, as `moreKeyEnvs` names them. */
  readonly moreApiKeys: readonly string[];
}

/** Directories and files of one installation, absolute. */
export interface Paths {
  readonly configFile: string;
  readonly stateDir: string;
  readonly dataDir: string;
  readonly cacheDir: string;
  /** Instance files and control sockets of the processes that run. */
  readonly runtimeDir: string;
  readonly controlSocket: string;
  readonly instanceFile: string;
  readonly logFile: string;
}

/** Everything the proxy is told at its start: validated, plain (it crosses to the worker thread) and frozen. */
export interface ProxyConfig {
  readonly version: string;
  readonly listen: ListenOptions & { readonly token: string | null };
  readonly capacity: CapacityOptions;
  readonly client: ClientDeadlineOptions;
  readonly deadlines: DeadlineOptions;
  /** How often a request is repeated that a provider answered with 502, 503, 504 or 529. */
  readonly upstreamRetries: number;
  readonly drainMs: number;
  readonly keys: KeysOption;
  readonly usage: UsageOption;
  /** Models by the names that stand for them; none leads back to itself. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly routes: readonly RouteOptions[];
  /** What is refused where it comes too fast, or too much at a time. Each has a name of its own. */
  readonly limits: readonly LimitRule[];
  readonly breaker: BreakerOptions;
  readonly budgets: readonly BudgetRule[];
  readonly ledger: LedgerOptions;
  readonly metrics: 'on' | 'off';
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** A file with price rows of the user's own, or null. */
  readonly pricesFile: string | null;
  /** Demo traffic runs: its dollars are play money. */
  readonly demo: boolean;
  readonly paths: Paths;
}
