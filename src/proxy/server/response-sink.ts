import type { ServerResponse } from 'node:http';
import type { Sink } from '../sink.ts';

/** A sink that leaves through an HTTP response. */
export function responseSink(response: ServerResponse, mustClose: () => boolean): Sink {
  // What the provider said of the date passes; where it said nothing, nothing is added.
  response.sendDate = false;
  return {
    head(status, headers) {
      response.writeHead(status, mustClose() ? [...headers, 'connection', 'close'] : (headers as string[]));
    },
    write: (bytes) => response.write(bytes),
    end: (bytes) => void (bytes === undefined ? response.end() : response.end(bytes)),
    cut(lastWords) {
      const destroy = (): void => void response.socket?.destroy();
      if (lastWords === '') destroy();
      else response.write(lastWords, destroy);
    },
    onDrain: (run) => void response.once('drain', run),
  };
}
