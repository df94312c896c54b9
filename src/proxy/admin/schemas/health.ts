import { z } from 'zod';
import { count, ms } from './values.ts';

const circuitState = z.enum(['closed', 'open', 'half_open', 'forced_open', 'forced_closed']);

const ofCircuit = {
  state: circuitState.describe('open: its requests are refused at once. half_open: one request tries it again'),
  retry_after_seconds: count.nullable().describe('Null where requests pass'),
  last_failure: z.string().nullable().describe("A status, or a code of tokenpak's own"),
};

/** How a provider does. */
const circuit = z.strictObject({
  ...ofCircuit,
  failures_in_window: count,
  opened_seconds_ago: count.nullable(),
  slow: count.describe('Answers since the start that began late'),
  models: z.record(z.string(), z.strictObject(ofCircuit)).describe('Those of its models whose circuits are not closed'),
});

/** `/health`. */
export const health = z.strictObject({
  status: z
    .enum(['ok', 'degraded', 'draining'])
    .describe('degraded: the ledger cannot be written, or new requests are refused. draining: it is stopping'),
  uptime_seconds: z.number().min(0),
  compression_ratio_avg: z.number().describe('1: nothing is compressed'),
  circuit_breakers: z.record(z.string(), circuit).describe('By provider; empty where they are switched off'),
  index_freshness: z.strictObject({ available: z.boolean(), age_seconds: z.number().nullable(), stale: z.boolean() }),
  request_timeout_seconds: z.number().min(0).describe('0: none'),
  version: z.string(),
  pid: z.int(),
  instance: z.string(),
  in_flight_requests: count,
  requests_total: count.describe('Of this run, as the errors'),
  errors_total: count,
  shedding: z.enum(['event_loop', 'heap']).nullable().describe('Why new requests are refused just now'),
  storage: z
    .strictObject({
      state: z.enum(['ok', 'degraded']),
      reason: z.string().nullable(),
      dropped: count.describe('Records that were lost'),
      late: count.describe('Answers that did not wait for their record to be written'),
      sync_failures: count,
    })
    .describe('The ledger'),
  memory: z
    .strictObject({ rss_bytes: count, heap_total_bytes: count, heap_used_bytes: count, external_bytes: count })
    .optional()
    .describe('This and what follows: only when asked deeply'),
  disk: z
    .strictObject({ total_bytes: count, free_bytes: count })
    .nullable()
    .optional()
    .describe('That the ledger is on; null where the system does not tell'),
  event_loop: z
    .strictObject({ p50_ms: ms, p99_ms: ms, max_ms: ms })
    .optional()
    .describe('How late timers came since the last time this was asked'),
  providers: z
    .record(
      z.string(),
      z.strictObject({
        reachable: z.boolean(),
        connect_ms: ms.nullable(),
        error: z.string().nullable(),
        age_seconds: count,
      }),
    )
    .optional()
    .describe('By name'),
});
