import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { errorAnswer } from '../error-answer.ts';
import { toProxyError } from '../errors.ts';
import type { OwnAnswer } from './server-parts.ts';

/** Whom a stream of an own endpoint is written to. */
interface OwnReader {
  readonly write: (text: string) => void;
  readonly unreadBytes: () => number;
  readonly close: () => void;
}

/** An answer of an own endpoint: whole, or a stream that goes on until its reader leaves. */
type OwnContent = { readonly status: number; readonly headers: readonly string[] } & (
  { readonly body: string } | { readonly stream: (reader: OwnReader) => () => void }
);

export type OwnEndpoints = (method: string, path: string, query: string) => OwnContent | Promise<OwnContent> | null;

/** Writes what the own endpoints answer. Null where the path is none of them. */
export function ownAnswers(endpoints: OwnEndpoints, clock: Clock): (method: string, url: string) => OwnAnswer | null {
  return (method, url) => {
    const questionMark = url.indexOf('?');
    const path = questionMark < 0 ? url : url.slice(0, questionMark);
    const content = endpoints(method, path, questionMark < 0 ? '' : url.slice(questionMark));
    if (!content) return null;
    const receivedAt = clock.now();
    return (response, requestId) => {
      const write = (ready: OwnContent): void => writeContent(response, ready, requestId, clock.now() - receivedAt);
      if (content instanceof Promise) content.then(write, (thrown: unknown) => writeError(response, thrown, requestId));
      else write(content);
    };
  };
}

function writeContent(response: ServerResponse, content: OwnContent, requestId: string, tookMs: number): void {
  if (response.destroyed) return;
  const own = ['x-tokenpak-request-id', requestId, 'server-timing', `tokenpak;dur=${tookMs.toFixed(3)}`];
  response.writeHead(content.status, [...content.headers, ...own]);
  if ('body' in content) return void response.end(content.body);
  response.flushHeaders();
  const stop = content.stream({
    write: (text) => void response.write(text),
    unreadBytes: () => response.writableLength,
    close: () => response.destroy(),
  });
  response.on('close', stop);
}

function writeError(response: ServerResponse, thrown: unknown, requestId: string): void {
  const { status, headers, body } = errorAnswer(toProxyError(thrown), null, requestId);
  response.writeHead(status, headers);
  response.end(body);
}
