import type { Received } from './exchange.ts';
import type { ReplyBody } from './reply.ts';

const maxBytes = 64 * 1024;

/**
 * Reads an answer that nobody wants, so that its connection can serve another request; what is longer, or has not come
 * when the exchange is over, is given up with its connection.
 */
export function discard(body: ReplyBody, exchange: Pick<Received, 'hold'>): void {
  let bytes = 0;
  body.start({
    bytes(chunk) {
      bytes += chunk.length;
      if (bytes > maxBytes) body.cancel();
    },
    end: () => undefined,
    fail: () => undefined,
  });
  exchange.hold(() => body.cancel());
}
