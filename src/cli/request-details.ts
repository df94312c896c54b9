import { count, elapsed } from '../tui/format.ts';
import { oneLine } from '../tui/cells.ts';
import { whyLines, type WhyReport } from './why-lines.ts';

/** A record of the ledger, as far as all of it is shown. */
export interface RequestDetails extends WhyReport {
  readonly request: WhyReport['request'] & {
    readonly dialect: string | null;
    readonly intent: string;
    readonly project: string | null;
    readonly session: string | null;
    readonly agent: string | null;
    readonly stream: boolean;
    readonly tokens: Tokens | null;
    readonly exactness: string;
    readonly unpriced_reason?: string | null;
    readonly latency_ms: {
      readonly read: number | null;
      readonly overhead: number | null;
      readonly first_byte: number | null;
      readonly total: number | null;
    };
  };
}

interface Tokens {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly cache_write_1h: number;
  readonly output: number;
  readonly reasoning: number;
}

/** All that the ledger knows of one request, for people: what `why` tells, and who asked, what it used, and its time. */
export function requestDetails(report: RequestDetails): string[] {
  const { request } = report;
  const { latency_ms: latency, unpriced_reason: unpriced } = request;
  return [
    ...whyLines(report),
    row('asked by', callerText(request)),
    row('kind', [request.dialect, request.intent, request.stream ? 'streamed' : null].filter(Boolean).join(', ')),
    row('tokens', request.tokens === null ? 'not known' : tokensText(request.tokens)),
    row('cost', `${request.exactness}${unpriced ? `, not known: ${oneLine(unpriced).replaceAll('_', ' ')}` : ''}`),
    row(
      'time',
      [
        `${elapsedText(latency.total)} in all`,
        `first byte ${elapsedText(latency.first_byte)}`,
        `body read ${elapsedText(latency.read)}`,
        `tokenpak's own ${elapsedText(latency.overhead)}`,
      ].join(', '),
    ),
  ];
}

function callerText({ project, session, agent }: RequestDetails['request']): string {
  const names = { agent, project, session };
  const told = Object.entries(names).flatMap(([what, name]) => (name === null ? [] : [`${what} ${oneLine(name)}`]));
  return told.length === 0 ? 'nobody who gave a name' : told.join(', ');
}

function tokensText(tokens: Tokens): string {
  const { cache_write: written, cache_write_1h: longer, output, reasoning } = tokens;
  const parts = [`${count(tokens.input)} new`, `${count(tokens.cache_read)} read`];
  parts.push(`${count(written)} written${longer > 0 ? ` (${count(longer)} for an hour)` : ''}`);
  parts.push(`${count(output)} out${reasoning > 0 ? ` (${count(reasoning)} of it reasoning)` : ''}`);
  return parts.join(', ');
}

function elapsedText(ms: number | null): string {
  return ms === null ? '-' : elapsed(ms);
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(10)} ${text}`;
}
