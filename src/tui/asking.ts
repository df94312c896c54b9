import type http from 'node:http';
import { clientFor, tokenHeaders } from './event-stream.ts';

export interface AskerOptions {
  /** Of the proxy, without a path. */
  readonly baseUrl: string;
  /** What every request must bring to an exposed proxy, or null. */
  readonly token: string | null;
  /** For the whole of an answer. */
  readonly timeoutMs: number;
}

/** Asks one proxy, over one connection that is kept. */
export interface Asker {
  /**
   * Gives the JSON of an answer, or undefined where it says that there is none. @throws where nobody answers in time, or
   * with something else.
   */
  readonly ask: (path: string) => Promise<unknown>;
  readonly close: () => void;
}

/** The snapshot holds blocks for up to 256 names of five kinds. */
const maxAnswerBytes = 16 * 1024 * 1024;

export function createAsker({ baseUrl, token, timeoutMs }: AskerOptions): Asker {
  const client = clientFor(baseUrl);
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 });

  function ask(path: string, isAgain = false): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = client.get(`${baseUrl}${path}`, { agent, headers: tokenHeaders(token), signal });
      request.on('error', (error) => {
        // The proxy had closed the kept connection, which says nothing of the proxy.
        const isStale = request.reusedSocket && !isAgain && !signal.aborted;
        if (isStale) ask(path, true).then(resolve, reject);
        else reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
      });
      request.on('response', (response) => read(response).then(resolve, reject));
    });
  }

  return { ask: (path) => ask(path), close: () => agent.destroy() };
}

async function read(response: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is too large');
  }
  if (response.statusCode === 404) return undefined;
  if (response.statusCode !== 200) throw new Error(`the proxy answers ${response.statusCode}`);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}
