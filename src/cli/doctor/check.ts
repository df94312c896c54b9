import type { LoadedConfig, Paths } from '../../proxy/config/index.ts';
import type { Problem } from '../../proxy/config/problem.ts';
import type { GlobalOptions } from '../command-context.ts';
import type { RunningProxy } from '../instances.ts';

/** In the order of the report where nothing is wrong. */
export const groups = [
  'runtime',
  'install',
  'config',
  'network',
  'proxy',
  'upstreams',
  'clients',
  'data',
  'sla',
  'terminal',
] as const;
export type GroupName = (typeof groups)[number];

/** `skip`: it does not apply here, or could not be done; `warn` ends with 0 unless `--strict`. */
export type CheckStatus = 'ok' | 'skip' | 'warn' | 'fail';

/** What a check has found. */
export interface Finding {
  readonly status: CheckStatus;
  /** What is so, in one line: it stands behind the check's name. */
  readonly summary: string;
  /** Why that matters; null where nothing is wrong. A `skip` that has one is shown as if something were wrong. */
  readonly detail: string | null;
  readonly fix: Fix | null;
}

interface Fix {
  /** A command line that exists, as the user can type it; more than one where there is a choice. */
  readonly commands: readonly string[];
  /** What `--fix` does, after asking; null where it can do nothing: it touches only what tokenpak wrote. */
  readonly apply: { readonly question: string; readonly run: () => Promise<void> } | null;
}

/** The configuration, or all that is wrong with it. */
export type ConfigReading =
  { readonly loaded: LoadedConfig } | { readonly loaded: null; readonly problems: readonly Problem[] };

/** What every check is given. Nothing in it is read twice. */
export interface DoctorContext {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly globals: GlobalOptions;
  readonly paths: Paths;
  /** As `config show` reads it, but for the keys: of those, it is known only whether they are there. */
  readonly config: () => Promise<ConfigReading>;
  /** The port that a proxy would have, or has. */
  readonly port: number;
  /** Null: none runs there. */
  readonly proxy: RunningProxy | null;
  /** `/health?deep=true` and `/stats` of it; null where it does not answer. */
  readonly health: () => Promise<Readonly<Record<string, unknown>> | null>;
  readonly stats: () => Promise<Readonly<Record<string, unknown>> | null>;
  /** Nothing beyond loopback may be asked. */
  readonly isOffline: boolean;
  /** Cells of the terminal that is written to; null where it is none. */
  readonly screen: { readonly columns: number; readonly rows: number } | null;
  /** Ends a check that takes too long. */
  readonly signal: AbortSignal;
}

/** One thing that can be wrong. It throws only for what it did not expect: that is a `skip`, with the error. */
export interface Check {
  /** As `port.free`: users name it on the command line. */
  readonly id: string;
  readonly group: GroupName;
  /** What it may take; 2 s where nothing is said. */
  readonly limitMs?: number;
  readonly run: (context: DoctorContext) => Promise<Finding> | Finding;
}
