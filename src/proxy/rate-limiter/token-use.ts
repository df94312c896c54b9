import type { Call } from '../exchange.ts';
import type { Outcome, RequestRecord } from '../record.ts';

const bytesPerToken = 4;
/** Where a request sets no limit to its output. */
const usualOutput = 1024;

/** The tokens that a request may use, before anybody knows: its body's length and its own output limit. 0 where it uses none. */
export function estimateOf({ route, body, envelope }: Call): number {
  if (!route.endpoint.metered) return 0;
  const bytes = envelope?.decodedBytes ?? (body.kind === 'bytes' ? body.bytes.length : 0);
  const input = bytes / bytesPerToken;
  const output = (envelope?.maxTokens ?? usualOutput) * (envelope?.choices ?? 1);
  return Math.max(1, Math.ceil(input + Math.max(0, output)));
}

/** The provider may have worked on, and bills it. */
const endedUntold: ReadonlySet<Outcome | null> = new Set<Outcome | null>([
  'client_abort',
  'upstream_timeout',
  'shutdown_cut',
]);

/** The tokens that a finished request has used, cache reads left out as providers do; null where nobody knows. */
export function usedBy({ tokens, outcome, marks }: RequestRecord): number | null {
  if (tokens !== null) return tokens.input + tokens.cacheWrite + tokens.output;
  return marks.sent > 0 && endedUntold.has(outcome) ? null : 0;
}
