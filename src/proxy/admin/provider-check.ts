import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../clock.ts';

const timeoutMs = 2000;
const freshMs = 30_000;

/** What a provider is connected to: its own address, or that of the HTTP proxy before it. */
export interface ProviderAddress {
  readonly name: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Resolves names, and refuses addresses that are not allowed for this provider. */
  readonly lookup: LookupFunction;
}

/** Whether a connection to a provider could be made, and how long ago that was tried. */
export interface ReachabilityJson {
  readonly reachable: boolean;
  /** Until connected, TLS included; null where that failed. */
  readonly connect_ms: number | null;
  /** What the system said, or null. */
  readonly error: string | null;
  readonly age_seconds: number;
}

interface Look {
  readonly at: number;
  readonly results: readonly (readonly [name: string, result: Omit<ReachabilityJson, 'age_seconds'>])[];
}

/**
 * Looks whether providers can be reached: a connection each, closed at once, without a request or a key. Looks at most
 * every 30 seconds; in between, and for all who ask at the same time, the last look's results are given.
 */
export function createProviderCheck(
  clock: Clock,
  providers: () => readonly ProviderAddress[],
): () => Promise<Record<string, ReachabilityJson>> {
  let look: Promise<Look> | null = null;
  let lookedAt = 0;

  async function lookNow(): Promise<Look> {
    const results = await Promise.all(
      providers().map(async (provider) => [provider.name, await reach(provider, clock)] as const),
    );
    return { at: clock.now(), results };
  }

  return async () => {
    if (!look || clock.now() - lookedAt >= freshMs) {
      lookedAt = clock.now();
      look = lookNow();
    }
    const { at, results } = await look;
    const age = Math.round((clock.now() - at) / 1000);
    return Object.fromEntries(results.map(([name, result]) => [name, { ...result, age_seconds: age }]));
  };
}

async function reach(provider: ProviderAddress, clock: Clock): Promise<Omit<ReachabilityJson, 'age_seconds'>> {
  const startedAt = clock.now();
  const error = await connectionError(provider, clock);
  const connectMs = Math.round((clock.now() - startedAt) * 1000) / 1000;
  return { reachable: error === null, connect_ms: error === null ? connectMs : null, error };
}

/** Null when the connection was made. */
function connectionError(provider: ProviderAddress, clock: Clock): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = open(provider, () => settle(null));
    const cancel = clock.after(timeoutMs, () => settle(`no connection within ${timeoutMs / 1000} s`));
    function settle(error: string | null): void {
      cancel();
      socket.destroy();
      resolve(error);
    }
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
}

function open({ origin, lookup }: ProviderAddress, connected: () => void): Socket {
  const { protocol, hostname, port } = new URL(origin);
  const isSecure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = { host, port: Number(port) || (isSecure ? 443 : 80), lookup };
  if (!isSecure) return connect(address, connected);
  // A server name must not be an address (https://www.rfc-editor.org/rfc/rfc6066#section-3).
  return connectTls({ ...address, ...(isIP(host) ? {} : { servername: host }) }, connected);
}
