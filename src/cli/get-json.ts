import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { tokenHeaders } from '../tui/event-stream.ts';
import type { ProxyAnswer } from './ask-proxy.ts';

interface GetOptions {
  /** For everything: connection, head and body. */
  readonly timeoutMs: number;
  readonly token: string | null;
}

const maxBytes = 16 * 1024 * 1024;

/**
 * As `askProxy`, without what `fetch` has to load first: for a command that runs every second. Null when nobody answers
 * in time, or with something that is no JSON object.
 */
export async function getJson(url: URL, { timeoutMs, token }: GetOptions): Promise<ProxyAnswer | null> {
  const { get } = url.protocol === 'https:' ? await import('node:https') : http;
  return new Promise((resolve) => {
    let request: ClientRequest | null = null;
    const end = (answer: ProxyAnswer | null): void => {
      clearTimeout(timer);
      request?.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, timeoutMs, null);
    request = get(url, { agent: false, headers: tokenHeaders(token) }, (response) => {
      bodyOf(response).then(
        (body) => end(body && { status: response.statusCode ?? 0, body }),
        () => end(null),
      );
    });
    request.on('error', () => end(null));
  });
}

async function bodyOf(response: IncomingMessage): Promise<ProxyAnswer['body'] | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
  return typeof body === 'object' ? (body as ProxyAnswer['body'] | null) : null;
}
