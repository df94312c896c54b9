import http from 'node:http';
import https from 'node:https';
import { sseDecoder } from '../proxy/sse-decoder.ts';

export interface EventStreamOptions {
  /** Of the proxy, without a path. */
  readonly baseUrl: string;
  /** What every request must bring to an exposed proxy, or null. */
  readonly token: string | null;
  /** The data is parsed when it is asked for: most events are of no interest to most readers. */
  readonly onEvent: (name: string, data: () => unknown) => void;
  /** Events are coming from now on. */
  readonly onOpen?: () => void;
  /** They are not, or not any more: told after each attempt that came to nothing, with what the system said. */
  readonly onLost?: (reason: string) => void;
}

const firstReconnectMs = 250;
const maxReconnectMs = 2000;
/** A proxy says something every 15 seconds. */
const silentMs = 40_000;
/** The first event holds blocks for up to 256 names of five kinds. */
const maxEventBytes = 16 * 1024 * 1024;

/**
 * Follows a proxy's `GET /events` until it is told to stop, and comes back when the connection is lost: a proxy whose
 * thread crashed is there again in a moment. Returns the function that stops it.
 */
export function followEvents({ baseUrl, token, onEvent, onOpen, onLost }: EventStreamOptions): () => void {
  let stopped = false;
  let request: http.ClientRequest | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = firstReconnectMs;
  connect();

  return () => {
    stopped = true;
    clearTimeout(timer);
    request?.destroy();
  };

  function connect(): void {
    let isOver = false;
    const asked = clientFor(baseUrl).get(`${baseUrl}/events`, { agent: false, headers: tokenHeaders(token) }, follow);
    asked.setTimeout(silentMs, () => asked.destroy(new Error('silent for too long')));
    asked.on('error', (error) => over(error.message));
    request = asked;

    function over(reason: string): void {
      // An answer that breaks off is told of twice.
      if (isOver || stopped) return;
      isOver = true;
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(2 * waitMs, maxReconnectMs);
      onLost?.(reason);
    }

    function follow(response: http.IncomingMessage): void {
      response.on('error', () => undefined);
      if (response.statusCode !== 200) {
        response.destroy();
        return over(`/events answers ${response.statusCode}`);
      }
      response.on('close', () => over('the connection was closed'));
      waitMs = firstReconnectMs;
      onOpen?.();
      const decoder = sseDecoder((event) => {
        if (!stopped) onEvent(event.name, () => event.json());
      }, maxEventBytes);
      response.on('data', (chunk: Buffer) => {
        decoder.push(chunk);
        if (decoder.lost() !== 'nothing') response.destroy();
      });
    }
  }
}

/** Node's client for a URL: a proxy on another machine can stand behind TLS. */
export function clientFor(url: string): typeof http | typeof https {
  return url.startsWith('https:') ? https : http;
}

/** The header by which a client of an exposed proxy shows its token. */
export function tokenHeaders(token: string | null): Record<string, string> {
  return token === null ? {} : { 'x-tokenpak-key': token };
}
