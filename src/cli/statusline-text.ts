import { InvalidArgumentError } from 'commander';
import { dollars, elapsed } from '../tui/format.ts';

/** `/stats`, as far as the line shows it. */
export interface StatuslineStats {
  readonly instance: string;
  readonly run: Block & {
    readonly requests: number;
    readonly latency_ms: { readonly overhead: { readonly p50: number; readonly p99: number } | null };
  };
  readonly today: Block | null;
  readonly by: { readonly session: Readonly<Record<string, Block>> };
  readonly in_flight: number;
}

interface Block {
  readonly cost_usd: number;
  readonly unpriced: number;
  readonly tokens: { readonly input: number; readonly cache_read: number; readonly cache_write: number };
}

/** What a format can name. */
const placeholders = ['session', 'run', 'today', 'cache', 'p50', 'p99', 'requests', 'inflight'] as const;
type Placeholder = (typeof placeholders)[number];

const placeholderText = /\{([^{}]*)\}/gu;
const sessionFormat = 'pak {session} ses | {today} day | cache {cache} | p99 {p99}';
const runFormat = 'pak {run} run | {today} day | cache {cache} | p99 {p99}';

/** `--format`, checked. */
export function statuslineFormatFrom(text: string): string {
  for (const [, name = ''] of text.matchAll(placeholderText)) {
    if (isPlaceholder(name)) continue;
    throw new InvalidArgumentError(`Expected only ${placeholders.map((known) => `{${known}}`).join(' ')}.`);
  }
  return text;
}

/**
 * One line about a running proxy. What is not known is `?`, what there is nothing of is `-`.
 *
 * @param session the name of the session that asks, or null; its own cost is shown if it is among the recent ones
 * @param format as `statuslineFormatFrom` lets it through, or null for the usual one
 */
export function statuslineText(stats: StatuslineStats, session: string | null, format: string | null): string {
  const { run, today, by } = stats;
  const own = session !== null && Object.hasOwn(by.session, session) ? by.session[session]! : null;
  const { overhead } = run.latency_ms;
  const values: Record<Placeholder, string> = {
    session: own === null ? '-' : moneyText(own),
    run: moneyText(run),
    today: today === null ? '?' : moneyText(today),
    cache: cacheText(own ?? run),
    p50: overhead === null ? '-' : elapsed(overhead.p50),
    p99: overhead === null ? '-' : elapsed(overhead.p99),
    requests: String(run.requests),
    inflight: String(stats.in_flight),
  };
  const text = format ?? (own === null ? runFormat : sessionFormat);
  return text
    .replace(placeholderText, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole))
    .replace(/[\t\r\n]+/gu, ' ');
}

/** In whole cents: a status line has no room. `+?` stands for requests of unknown price, which are not in the sum. */
function moneyText({ cost_usd: usd, unpriced }: Block): string {
  if (unpriced > 0 && usd === 0) return '?';
  const text = usd >= 0.01 ? `$${usd.toFixed(2)}` : dollars(usd);
  return unpriced > 0 ? `${text}+?` : text;
}

/** How much of the input came from the provider's prompt cache. */
function cacheText({ tokens }: Block): string {
  const input = tokens.input + tokens.cache_read + tokens.cache_write;
  return input === 0 ? '-' : `${Math.round((tokens.cache_read / input) * 100)}%`;
}

function isPlaceholder(name: string): name is Placeholder {
  return (placeholders as readonly string[]).includes(name);
}
