import type { RequestRecord } from '../record.ts';
import { boundedName } from '../request-json.ts';
import type { Tokens } from '../token-counter/usage.ts';
import { tokensJson } from './block.ts';

/** What an exchange on its way has used so far. */
export interface Progress {
  readonly tokens: Tokens;
  /** Null while its price is not known. */
  readonly picodollars: number | null;
}

/** One server-sent event. JSON has no line breaks, so its data is always one line. */
function row(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

export function helloRow(snapshotJson: string): string {
  return row('hello', snapshotJson);
}

export function startedRow(record: RequestRecord): string {
  const { caller, intent } = record;
  const started = {
    version: 1,
    id: record.id,
    time: new Date(record.time).toISOString(),
    provider: record.provider,
    model: bounded(record.model),
    asked_model: bounded(record.askedModel),
    dialect: record.dialect,
    intent: intent.kind,
    project: bounded(caller.project),
    session: bounded(caller.session),
    agent: bounded(caller.agent),
    stream: intent.streamed,
  };
  return row('started', JSON.stringify(started));
}

export function progressRow(id: string, { tokens, picodollars }: Progress): string {
  const progress = {
    version: 1,
    id,
    tokens: tokensJson(tokens),
    cost_usd: picodollars === null ? null : picodollars / 1e12,
    cost_picodollars: picodollars === null ? null : String(picodollars),
  };
  return row('progress', JSON.stringify(progress));
}

export function endedRow(requestJson: string): string {
  return row('ended', requestJson);
}

export interface Notice {
  /** What it is about, for programs. */
  readonly code: string;
  /** The same for people. */
  readonly message: string;
  /** Events that were left out; null where the notice is not about that. */
  readonly skipped: number | null;
}

/** @param time Unix milliseconds */
export function noticeRow(time: number, notice: Notice): string {
  return row('notice', JSON.stringify({ version: 1, time: new Date(time).toISOString(), ...notice }));
}

function bounded(name: string | null): string | null {
  return name === null ? null : boundedName(name);
}
