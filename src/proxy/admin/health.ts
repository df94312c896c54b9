import { statfs } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { createEventLoopWatch } from './event-loop.ts';
import { createProviderCheck, type ProviderAddress } from './provider-check.ts';

/** How the ledger does. */
interface StorageHealth {
  readonly state: 'ok' | 'degraded';
  /** What the system said, or null. */
  readonly reason: string | null;
  /** Records that were lost. */
  readonly dropped: number;
  /** Answers that did not wait for their record to be written. */
  readonly late: number;
  readonly syncFailures: number;
}

export interface HealthParts {
  readonly clock: Clock;
  readonly version: string;
  readonly instance: string;
  /** The deadline of a whole exchange; 0 for none. */
  readonly requestTimeoutMs: number;
  readonly inFlight: () => number;
  /** Of this run. */
  readonly totals: () => { readonly requests: number; readonly errors: number };
  readonly storage: () => StorageHealth;
  /** By provider. */
  readonly circuitBreakers: () => object;
  /** Why new requests are refused just now, or null. */
  readonly shedding: () => string | null;
  readonly isDraining: () => boolean;
  /** The directory whose disk is asked about. */
  readonly stateDir: string;
  readonly providers: () => readonly ProviderAddress[];
}

export interface Health {
  /** From memory. */
  readonly shallow: () => object;
  /** With what takes a moment to find out. */
  readonly deep: () => Promise<object>;
}

export function createHealth(parts: HealthParts): Health {
  const { clock } = parts;
  const startedAt = clock.now();
  const eventLoop = createEventLoopWatch(clock);
  const reachability = createProviderCheck(clock, parts.providers);

  function shallow(): object {
    const { requests, errors } = parts.totals();
    const { syncFailures, ...storage } = parts.storage();
    return {
      status: statusOf(parts),
      uptime_seconds: Math.round(clock.now() - startedAt) / 1000,
      compression_ratio_avg: 1,
      circuit_breakers: parts.circuitBreakers(),
      index_freshness: { available: false, age_seconds: null, stale: false },
      request_timeout_seconds: parts.requestTimeoutMs / 1000,
      version: parts.version,
      pid: process.pid,
      instance: parts.instance,
      in_flight_requests: parts.inFlight(),
      requests_total: requests,
      errors_total: errors,
      shedding: parts.shedding(),
      storage: { ...storage, sync_failures: syncFailures },
    };
  }

  return {
    shallow,
    async deep() {
      const [disk, loop, providers] = await Promise.all([diskOf(parts.stateDir), eventLoop(), reachability()]);
      return { ...shallow(), memory: memory(), disk, event_loop: loop, providers };
    },
  };
}

/** Providers in trouble do not show here: the proxy itself does well. */
function statusOf({ isDraining, shedding, storage }: HealthParts): 'ok' | 'degraded' | 'draining' {
  if (isDraining()) return 'draining';
  return storage().state === 'ok' && shedding() === null ? 'ok' : 'degraded';
}

function memory(): object {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return { rss_bytes: rss, heap_total_bytes: heapTotal, heap_used_bytes: heapUsed, external_bytes: external };
}

/** Null where the system does not tell. */
async function diskOf(directory: string): Promise<object | null> {
  try {
    const { bsize, blocks, bavail } = await statfs(directory);
    return { total_bytes: bsize * blocks, free_bytes: bsize * bavail };
  } catch {
    return null;
  }
}
