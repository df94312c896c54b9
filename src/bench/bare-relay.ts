import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'expect']);

function endToEnd(raw: readonly (string | Buffer)[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = String(raw[i]);
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, String(raw[i + 1]));
  }
  return kept;
}

function relayTo(response: ServerResponse): Dispatcher.DispatchHandler {
  let abort: () => void = () => undefined;
  response.on('close', () => {
    if (!response.writableFinished) abort();
  });
  return {
    onConnect: (abortRequest) => void (abort = abortRequest),
    onHeaders(status, headers, resume) {
      response.on('drain', resume);
      response.writeHead(status, endToEnd(headers));
      return true;
    },
    onData: (bytes) => response.write(bytes),
    onComplete: () => void response.end(),
    onError: () => void response.destroy(),
  };
}

function forward(request: IncomingMessage, response: ServerResponse, pool: Pool): void {
  const chunks: Buffer[] = [];
  request.on('data', (bytes: Buffer) => void chunks.push(bytes));
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    const { method, url: path } = request as { method: Dispatcher.HttpMethod; url: string };
    pool.dispatch({ method, path, headers: endToEnd(request.rawHeaders), body }, relayTo(response));
  });
}

/**
 * The least that a relay in Node can be: `node:http` in, undici's `dispatch` out, raw header arrays both ways, the body
 * read whole, the reply passed on with back-pressure. It keeps no record, checks nothing and has no deadline; it is the
 * yardstick for what tokenpak adds.
 */
export function createBareRelay(upstreamPort: number): Server {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 1024, pipelining: 1 });
  const server = createServer((request, response) => forward(request, response, pool));
  return server.on('close', () => void pool.destroy());
}
