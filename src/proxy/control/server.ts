import { chmodSync, rmSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { Change, ChangeProblem } from '../change.ts';
import { changeFrom } from './change-request.ts';
import { askControl } from './client.ts';
import type { Identity } from './identity.ts';
import { ensurePrivateDirectory } from './private-directory.ts';

export interface ControlHandlers {
  readonly identity: () => Identity;
  /** Begins to drain and returns at once; null: as long as is configured. */
  readonly stop: (drainMs: number | null) => void;
  /** Reads the configuration again. Gives what is wrong with it; then the old one stays. */
  readonly reload: () => Promise<readonly string[]>;
  readonly change: (change: Change) => Promise<ChangeProblem>;
}

export interface ControlOptions {
  /** A unix socket's path, or a named pipe's on Windows. */
  readonly path: string;
  readonly handlers: ControlHandlers;
}

export interface Control {
  readonly close: () => Promise<void>;
}

const maxBodyBytes = 4096;
const isPipe = process.platform === 'win32';

/**
 * Serves whatever changes a running proxy, over a socket that only its user can open: `GET /identity`, `POST /stop`
 * (`{"drain_ms": 5000}`, optional), `POST /reload`, and a `POST` for each kind of change.
 *
 * @throws Error when the socket's directory cannot be trusted, or another process answers on the socket.
 */
export async function createControl({ path: socket, handlers }: ControlOptions): Promise<Control> {
  if (!isPipe) {
    ensurePrivateDirectory(path.dirname(socket));
    if (await someoneAnswers(socket)) throw new Error(`another process answers on ${socket}`);
    rmSync(socket, { force: true });
  }
  const server = http.createServer(
    { requestTimeout: 5000, headersTimeout: 5000, keepAliveTimeout: 1 },
    (request, response) => {
      void answer(request, handlers)
        .catch((error: unknown) => ({
          status: 500,
          body: { error: error instanceof Error ? error.message : String(error) },
        }))
        .then(({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
          response.end(JSON.stringify(body));
        });
    },
  );
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  if (!isPipe) chmodSync(socket, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(request: http.IncomingMessage, handlers: ControlHandlers): Promise<Answer> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /identity':
      return { status: 200, body: handlers.identity() };
    case 'POST /stop': {
      const drainMs = drainMsOf(await readBody(request));
      if (drainMs === 'wrong') return { status: 400, body: { error: 'drain_ms must be a number of at least 0' } };
      handlers.stop(drainMs);
      return { status: 202, body: { draining: true } };
    }
    case 'POST /reload': {
      const problems = await handlers.reload();
      return { status: problems.length === 0 ? 200 : 422, body: { reloaded: problems.length === 0, problems } };
    }
    default:
      return answerChange(request, handlers);
  }
}

async function answerChange(request: http.IncomingMessage, handlers: ControlHandlers): Promise<Answer> {
  const change = changeFrom(`${request.method} ${request.url}`, await readBody(request));
  if (change === null) return { status: 404, body: { error: 'no such control' } };
  if (change === 'wrong') return { status: 400, body: { error: 'the body does not say what is to change' } };
  const problem = await handlers.change(change);
  return problem === null ? { status: 200, body: { changed: true } } : { status: 422, body: { error: problem } };
}

function drainMsOf(body: string): number | null | 'wrong' {
  if (body === '') return null;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return 'wrong';
    const { drain_ms: drainMs = null } = parsed as { drain_ms?: unknown };
    if (drainMs === null) return null;
    return typeof drainMs === 'number' && drainMs >= 0 ? drainMs : 'wrong';
  } catch {
    return 'wrong';
  }
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > maxBodyBytes) throw new Error('the body is too large');
  }
  return body;
}

async function someoneAnswers(socket: string): Promise<boolean> {
  return (await askControl(socket, 'GET /identity')) !== null;
}
