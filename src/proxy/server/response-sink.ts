import type { ServerResponse } from 'node:http';
import type { Sink } from '../sink.ts';

/** A sink that leaves through an HTTP response. */
export function responseSink(response: ServerResponse, mustClose: () => boolean): Sink {
  // What the provider said of the date passes; where it said nothing, nothing is added.
  response.sendDate = false;
  return {
    head(status, headers) {
      const saysSo = headers.includes('connection');
      response.writeHead(status, mustClose() && !saysSo ? [...headers, 'connection', 'close'] : (headers as string[]));
    },
    write: (bytes) => response.write(bytes),
    end: (bytes) => void (bytes === undefined ? response.end() : response.end(bytes)),
    cut(lastWords) {
      if (lastWords === '') breakOff(response);
      else response.write(lastWords, () => breakOff(response));
    },
    onDrain: (run) => void response.once('drain', run),
  };
}

/** To a client of HTTP/1.0, which has no chunks, an ordinary end of the connection would be the end of the answer. */
function breakOff({ socket, req }: ServerResponse): void {
  if (req.httpVersion === '1.0') socket?.resetAndDestroy();
  else socket?.destroy();
}
