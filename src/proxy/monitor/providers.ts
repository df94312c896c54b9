import type { Attempt, Outcome, RequestRecord } from '../record.ts';
import { isProviderFailure } from './provider-failures.ts';
import { Histogram } from './histogram.ts';
import { quotaIn } from './provider-quota.ts';
import type { ProviderJson, QuotaJson } from './snapshot.ts';

interface ProviderCalls {
  requests: number;
  errors: number;
  lastOutcome: Outcome | null;
  lastErrorTime: number | null;
  /** Raw, of the answer that came last, and not yet read: most are never asked for. */
  unreadHeaders: readonly string[] | null;
  /** When it came, in Unix milliseconds. */
  headersTime: number;
  quota: readonly QuotaJson[];
  readonly latency: Histogram;
}

export interface Providers {
  readonly add: (record: RequestRecord) => void;
  /** @param inFlight the requests on their way, which tell by themselves what provider they went to */
  readonly toJson: (inFlight: Iterable<RequestRecord>) => Record<string, ProviderJson>;
}

/** How the calls to each provider went. Providers stand in the configuration, so their number needs no limit here. */
export function createProviders(wall: () => number): Providers {
  const providers = new Map<string, ProviderCalls>();
  function callsOf(name: string): ProviderCalls {
    let calls = providers.get(name);
    if (!calls) {
      calls = {
        requests: 0,
        errors: 0,
        lastOutcome: null,
        lastErrorTime: null,
        latency: new Histogram(),
        unreadHeaders: null,
        headersTime: 0,
        quota: [],
      };
      providers.set(name, calls);
    }
    return calls;
  }
  function add(attempt: Attempt, headersTime: number): void {
    const calls = callsOf(attempt.provider);
    calls.requests++;
    calls.lastOutcome = attempt.outcome;
    calls.latency.record(attempt.ms * 1000);
    if (attempt.replyHeaders !== undefined && headersTime >= calls.headersTime) {
      calls.unreadHeaders = attempt.replyHeaders;
      calls.headersTime = headersTime;
    }
    if (!isProviderFailure(attempt.outcome)) return;
    calls.errors++;
    calls.lastErrorTime = wall();
  }
  return {
    add(record) {
      const { time, marks } = record;
      const headersTime = time + (marks.providerReady || marks.ended) - marks.received;
      for (const attempt of record.attempts) add(attempt, headersTime);
    },
    toJson(inFlight) {
      const counts = new Map<string, number>();
      for (const { provider } of inFlight) {
        if (provider !== null) counts.set(provider, (counts.get(provider) ?? 0) + 1);
      }
      for (const name of counts.keys()) callsOf(name);
      const rendered = [...providers].map(([name, calls]) => [name, providerJson(calls, counts.get(name) ?? 0)]);
      return Object.fromEntries(rendered) as Record<string, ProviderJson>;
    },
  };
}

function providerJson(calls: ProviderCalls, inFlight: number): ProviderJson {
  return {
    requests: calls.requests,
    errors: calls.errors,
    in_flight: inFlight,
    last_outcome: calls.lastOutcome,
    quota: quotaOf(calls),
    last_error_time: calls.lastErrorTime === null ? null : new Date(calls.lastErrorTime).toISOString(),
    latency_ms: calls.latency.quantiles(),
  };
}

/** Answers that tell of no limit leave what the last one told. */
function quotaOf(calls: ProviderCalls): readonly QuotaJson[] {
  const { unreadHeaders, headersTime } = calls;
  if (unreadHeaders !== null) {
    const quota = quotaIn(unreadHeaders, headersTime);
    if (quota.length > 0) calls.quota = quota;
    calls.unreadHeaders = null;
  }
  return calls.quota;
}
