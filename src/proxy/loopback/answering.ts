import { mannersFor, type ProviderManners } from './dialects.ts';
import type { Directives } from './directives.ts';
import { jsonAnswer, type Provided, type RawHeaders } from './provided.ts';
import { BadRequest, type LoopbackRequest } from './request.ts';
import { startPage } from './start-page.ts';
import { hashOf, understand, type ReadRequest } from './understanding.ts';

/** What to send, and how. */
export interface Answering {
  readonly provided: Provided;
  /** To be sent besides those of `provided`. */
  readonly headers: RawHeaders;
  readonly directives: Directives;
}

/** Answers a request. Equal requests get equal answers, as long as the seed is the same. */
export function answerRequest(read: ReadRequest, seed: number): Answering {
  if (read.url === '/') return { provided: startPage(), headers: [], directives: {} };
  const manners = mannersFor(read.url, read.headers);
  const hash = hashOf(read, seed);
  try {
    const request = understand(read, hash, seed);
    const { directives } = request;
    const retryAfter = directives.retryafter === undefined ? [] : ['retry-after', String(directives.retryafter)];
    return { provided: provide(request, manners), headers: [...manners.headers(hash), ...retryAfter], directives };
  } catch (error) {
    const status = error instanceof NotFound ? 404 : error instanceof BadRequest ? 400 : 500;
    const details = { requestId: `req_${hash}`, message: error instanceof Error ? error.message : String(error) };
    const provided = jsonAnswer(manners.errorBody(status, details), status);
    return { provided, headers: manners.headers(hash), directives: {} };
  }
}

class NotFound extends Error {}

function provide(request: LoopbackRequest, manners: ProviderManners): Provided {
  const { status, html, retryafter } = request.directives;
  if (html) return htmlPage(status ?? 200);
  if (status !== undefined) {
    const details = { requestId: `req_${request.hash}`, retryAfterSeconds: retryafter };
    return jsonAnswer(manners.errorBody(status, details), status);
  }
  for (const { method, path, answer } of manners.routes) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match !== null) return answer(request, match[1] ?? '');
  }
  throw new NotFound(`The loopback provider has no ${request.method} ${request.path}`);
}

function htmlPage(status: number): Provided {
  const body = `<!doctype html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`;
  return { kind: 'whole', status, headers: ['content-type', 'text/html; charset=utf-8'], body };
}
