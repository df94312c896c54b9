import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { startLoopback, type Loopback } from '../../src/proxy/loopback/index.ts';
import { startProxy, type RequestJson, type TestProxy, type TestProxyOptions } from './proxy.ts';

/** A proxy whose three built-in providers are one loopback provider, so that real model names are priced as their own. */
export interface LoopbackProxy {
  readonly proxy: TestProxy;
  /** What an SDK is pointed at. */
  readonly url: string;
  readonly loopback: Loopback;
  /** Leaves all requests that are over by now out of `nextRecord`. */
  readonly skipRecords: () => Promise<void>;
  /** Waits until one more request is over. */
  readonly nextRecord: () => Promise<RequestJson>;
  /** Waits until so many more are over; in the order in which they ended. */
  readonly nextRecords: (count: number) => Promise<RequestJson[]>;
  /**
   * How long the loopback provider's connection outlives the client, in milliseconds, for each of so many tries. A busy
   * machine can hold up any of them: the shortest says what the proxy does.
   * @param start begins a request and, once it is under way, gives what makes its client leave
   */
  readonly closingTimes: (tries: number, start: () => Promise<() => void>) => Promise<number[]>;
  readonly close: () => Promise<void>;
}

export async function startLoopbackProxy(options: TestProxyOptions = {}): Promise<LoopbackProxy> {
  const loopback = await startLoopback();
  const { url } = loopback;
  const proxy = await startProxy({ upstreams: { anthropic: url, openai: url, gemini: url }, ...options });
  let seen = 0;

  async function nextRecords(count: number): Promise<RequestJson[]> {
    const all = await proxy.over(seen + count);
    const next = all.toReversed().slice(seen, seen + count);
    seen += count;
    return next;
  }

  return {
    proxy,
    url: proxy.url,
    loopback,
    nextRecords,
    async skipRecords() {
      seen = (await proxy.recent()).length;
    },
    async nextRecord() {
      const [record] = await nextRecords(1);
      return record as RequestJson;
    },
    async closingTimes(tries, start) {
      const times: number[] = [];
      while (times.length < tries) {
        const connecting = nextConnectionTo(loopback.port);
        const leave = await start();
        const connection = await connecting;
        const closed = new Promise((resolve) => connection.once('close', resolve));
        const leftAt = performance.now();
        leave();
        await closed;
        times.push(performance.now() - leftAt);
      }
      return times;
    },
    async close() {
      await proxy.close();
      await loopback.close();
    },
  };
}

/** On which connection the next request reaches a server of this process. The proxy is such a server too: the port tells which is meant. */
function nextConnectionTo(port: number): Promise<Socket> {
  const channel = 'http.server.request.start';
  return new Promise((resolve) => {
    const onRequest = (message: unknown): void => {
      const { socket } = (message as { request: IncomingMessage }).request;
      if (socket.localPort !== port) return;
      unsubscribe(channel, onRequest);
      resolve(socket);
    };
    subscribe(channel, onRequest);
  });
}
