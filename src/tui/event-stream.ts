import http from 'node:http';
import { sseDecoder } from '../proxy/sse-decoder.ts';

export interface EventStreamOptions {
  /** Of the proxy, without a path. */
  readonly baseUrl: string;
  /** What every request must bring to an exposed proxy, or null. */
  readonly token: string | null;
  /** The data is parsed when it is asked for: most events are of no interest to most readers. */
  readonly onEvent: (name: string, data: () => unknown) => void;
}

const reconnectMs = 250;

/**
 * Follows a proxy's `GET /events` until it is told to stop, and comes back when the connection is lost: a proxy whose
 * thread crashed is there again in a moment. Returns the function that stops it.
 */
export function followEvents({ baseUrl, token, onEvent }: EventStreamOptions): () => void {
  let stopped = false;
  let request: http.ClientRequest | null = null;
  let timer: NodeJS.Timeout | undefined;
  connect();

  return () => {
    stopped = true;
    clearTimeout(timer);
    request?.destroy();
  };

  function connect(): void {
    request = http.get(`${baseUrl}/events`, { agent: false, headers: tokenHeaders(token) }, (response) => {
      if (response.statusCode !== 200) response.destroy();
      const decoder = sseDecoder((event) => onEvent(event.name, () => event.json()));
      response.on('data', (chunk: Buffer) => decoder.push(chunk));
      response.on('error', () => undefined);
      response.on('close', reconnect);
    });
    request.on('error', reconnect);
  }

  function reconnect(): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(connect, reconnectMs);
  }
}

/** The header by which a client of an exposed proxy shows its token. */
export function tokenHeaders(token: string | null): Record<string, string> {
  return token === null ? {} : { 'x-tokenpak-key': token };
}
