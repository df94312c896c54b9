import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { endedJson, healthJson, snapshotJson } from './dashboard.ts';

/** A proxy as far as a dashboard sees it. */
export class FakeProxy {
  readonly asked: string[] = [];
  readonly sockets = new Set<unknown>();
  readonly readers = new Set<http.ServerResponse>();
  answers: Record<string, unknown> = {
    '/stats': snapshotJson({ in_flight: 3 }),
    '/health': healthJson(),
    '/recent?limit=500': { version: 1, requests: [endedJson('tp_old')] },
  };
  silent = false;
  token: string | undefined;
  #server: http.Server | null = null;

  async listen(port = 0): Promise<number> {
    const server = http.createServer((request, response) => this.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { url = '' } = request;
    if (url === '/barrier') return void response.end();
    this.asked.push(url);
    this.token = request.headers['x-tokenpak-key'] as string | undefined;
    if (url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      this.readers.add(response);
      return this.tell('hello', snapshotJson());
    }
    this.sockets.add(request.socket);
    if (this.silent) return;
    const answer = this.answers[url];
    response.writeHead(answer === undefined ? 404 : 200);
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
  }

  tell(event: string, data: unknown): void {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    for (const reader of this.readers) reader.write(`event: ${event}\ndata: ${text}\n\n`);
  }

  /** Whatever was asked or told before has come by then. */
  async barrier(): Promise<void> {
    const { port } = this.#server!.address() as AddressInfo;
    await new Promise((resolve, reject) => {
      http.get({ port, host: '127.0.0.1', path: '/barrier', agent: false }, resolve).on('error', reject);
    });
  }

  async die(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.readers.clear();
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
