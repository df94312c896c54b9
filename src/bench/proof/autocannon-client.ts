import type autocannon from 'autocannon';
import type { Tally } from './tally.ts';
import type { Fault } from './workload.ts';

/** What of autocannon's client is not in its types, and has been so since its version 7: see its lib/httpClient.js. */
interface ClientInside {
  /** Its requests so far; after as many as `responseMax` it ends. */
  readonly reqsMade: number;
  responseMax?: number;
  readonly parser: { readonly initialize: (type: 'RESPONSE') => void };
  readonly pipelinedRequests: { readonly clear: () => void };
}

/** One of autocannon's connections, which has one request under way at all times. */
export interface WatchedClient {
  /** Lets it end with the answer that it waits for, where autocannon would cut it off, and nobody could account for the request. */
  readonly finish: () => void;
}

interface Watch {
  readonly tally: Tally;
  readonly now: () => number;
  readonly isStream: boolean;
  /** What is wrong with the answer that has just come. */
  readonly fault: () => Fault;
  readonly patienceMs: number;
}

/**
 * Counts what a client of autocannon does, by its events. autocannon does not notice that a request has gone with its
 * connection: it sends another one, reads its answer as the rest of the lost one's, and takes the time from then on from
 * the wrong request. So a lost one is counted here, and its remains are thrown away.
 */
export function watchClient(client: autocannon.Client, watch: Watch): WatchedClient {
  const { tally, now, isStream } = watch;
  const inside = client as unknown as ClientInside;
  let sentMs: number | null = null;
  let hasBody = false;

  const lost = (): void => {
    if (sentMs === null) return;
    const nowMs = now();
    if (nowMs - sentMs >= watch.patienceMs) tally.gaveUp(sentMs, nowMs);
    else tally.broke(new Error('a connection was closed before its answer'), nowMs);
    sentMs = null;
    inside.parser.initialize('RESPONSE');
    inside.pipelinedRequests.clear();
  };
  client.on('response', () => {
    if (sentMs === null) return;
    tally.answered(sentMs, now(), watch.fault());
    sentMs = null;
  });
  client.on('body', () => {
    if (isStream && !hasBody && sentMs !== null) tally.firstByte(sentMs, now());
    hasBody = true;
  });
  const events = client as NodeJS.EventEmitter;
  // Before each request is sent, also before that of a new connection.
  events.on('request', () => {
    lost();
    hasBody = false;
    sentMs = now();
    tally.sent();
  });
  events.on('done', lost);
  return { finish: () => void (inside.responseMax = inside.reqsMade) };
}
