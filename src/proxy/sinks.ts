import type { ProxyError } from './errors.ts';
import type { Ledger } from './ledger/index.ts';
import type { Monitor } from './monitor/index.ts';
import { requestJson } from './request-json.ts';
import type { Sinks } from './server/index.ts';
import type { Tracing } from './tracing/index.ts';

export interface SinkParts {
  readonly ledger: Ledger;
  readonly monitor: Monitor;
  readonly tracing: Tracing;
  readonly log: (level: 'error' | 'debug', message: string) => void;
}

/** Who is told of exchanges, and when: the ledger before an exchange's last bytes go, the others behind them. */
export function createSinks({ ledger, monitor, tracing, log }: SinkParts): Sinks {
  return {
    started: monitor.started,
    ended(record) {
      const json = requestJson(record);
      ledger.ended(record, json);
      return json;
    },
    whenKept: ledger.written,
    over(record, json) {
      monitor.finished(record, json);
      tracing.finished(record);
    },
    refused: (error: ProxyError) => log('debug', `refused: ${error.code}: ${error.message}`),
    fault: (error, requestId) => log('error', `${requestId}: ${stackOf(error.cause)}`),
  };
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
