import { budgetRule } from '../budgets/options.ts';
import type { Paths, ProviderSettings, ProxyConfig } from './config.ts';
import type { Settings } from './schema.ts';
import { limitRules } from '../rate-limiter/limit-rules.ts';
import { userPath } from './user-path.ts';

export interface ConfigParts {
  readonly settings: Settings;
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly paths: Paths;
  readonly token: string | null;
  readonly version: string;
  readonly demo: boolean;
}

/** Puts checked settings into the shape that the proxy is told, frozen to its depths. */
export function assembleConfig({ settings, providers, paths, token, version, demo }: ConfigParts): ProxyConfig {
  const { listen, capacity, client, deadlines, upstreamRetries, drainSeconds, keys, usage, aliases } = settings;
  const { routes, breaker, budgets, ledger, metrics, log, prices } = settings;
  return frozen({
    version,
    listen: { ...listen, token },
    capacity,
    client,
    deadlines,
    upstreamRetries,
    drainMs: Math.round(drainSeconds * 1000),
    keys,
    usage,
    aliases,
    providers,
    routes,
    limits: limitRules(settings.limits),
    breaker,
    budgets: budgets.map(budgetRule),
    ledger,
    metrics,
    logLevel: log.level,
    pricesFile: absolute(prices),
    demo,
    paths: { ...paths, logFile: absolute(log.file) ?? paths.logFile },
  });
}

/** A relative path has been refused before. */
function absolute(text: string | undefined): string | null {
  return text === undefined ? null : userPath(text);
}

function frozen<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part as object);
  return Object.freeze(value);
}
