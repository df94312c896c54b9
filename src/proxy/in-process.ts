import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { takeKeys } from './access-keys/index.ts';
import { systemClock as clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import { compose, openCore, type Core, type Current, type ProxyHost } from './core.ts';
import type { RequestRecord } from './record.ts';
import { Admission, createGuard, declaredLength, HttpExchange, type ExchangeSink } from './server/index.ts';
import type { UpstreamParts } from './upstream/index.ts';

/** A request as it would stand on a client's connection. */
export interface InProcessRequest {
  readonly method: string;
  readonly url: string;
  /** Raw name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What a provider answers at once, whatever it is asked. */
export interface ProviderAnswer {
  readonly status: number;
  /** Raw name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface InProcessAnswer {
  readonly record: RequestRecord;
  readonly status: number;
  readonly bodyBytes: number;
}

/**
 * A proxy without sockets: guard, access keys, routing, admission, the pipeline with all of its stages, the relay, the
 * ledger, the monitor and the traces are the real ones. Node's HTTP server and undici's client are not there.
 */
export interface InProcessProxy {
  /** Gives the answer when its last byte has gone and everybody has been told. @throws ProxyError where the door refuses it */
  readonly ask: (request: InProcessRequest) => Promise<InProcessAnswer>;
  /** Writes down what is left. */
  readonly close: () => Promise<void>;
}

export async function createInProcessProxy(
  config: ProxyConfig,
  answer: ProviderAnswer,
  host: ProxyHost,
): Promise<InProcessProxy> {
  const core = await openCore(config, host, connectionsTo(answer));
  const current = await compose(config, core.models);
  return {
    ask: createAsk(config, core, current),
    async close() {
      core.load.close();
      core.monitor.close();
      await core.models.close();
      await core.ledger.close();
    },
  };
}

type Connections = UpstreamParts['connections'];
type Dispatch = ReturnType<Connections['pool']>['dispatch'];

/** Tells the handler what undici would have told it, in the same order, before `dispatch` has returned. */
function connectionsTo({ status, headers, body }: ProviderAnswer): Connections {
  const raw = headers.map((text) => Buffer.from(text, 'latin1'));
  const nothing = (): void => undefined;
  const dispatch: Dispatch = ({ body: sent }, handler) => {
    const bytes = Buffer.isBuffer(sent) ? sent.length : 0;
    handler.onConnect?.(nothing);
    handler.onBodySent?.(bytes, bytes);
    handler.onHeaders?.(status, raw, nothing, '');
    handler.onData?.(body);
    handler.onComplete?.(null);
    return true;
  };
  const close = (): Promise<void> => Promise.resolve();
  return { pool: () => ({ dispatch }), fresh: () => ({ dispatch, close }), close };
}

/** As `Door` does it, with the body at hand and nobody who could leave. */
function createAsk(config: ProxyConfig, core: Core, { route, pipeline }: Current): InProcessProxy['ask'] {
  const { load, keys, newId, sinks } = core;
  const guard = createGuard({ allowedHosts: [], token: null, port: () => config.listen.port });
  const shared = { clock, admission: new Admission(config.capacity, clock, load), declaredLength, pipeline, sinks };
  const release = (): void => undefined;

  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const receivedAt = clock.now();
      const guarded = guard({ method, url, httpVersion: '1.1', headers });
      const head = takeKeys(url, guarded.headers) ?? { url, headers: guarded.headers, keys: [] };
      const { accessKey, ...routed } = route(method, head.url);
      const access = keys.admit(accessKey === null ? head.keys : [...head.keys, accessKey]);
      const opening = { id: newId(), ...routed, headers: head.headers, access, receivedAt };
      const bodies = { read: () => exchange.hasBody({ kind: 'bytes', bytes: body }), release };
      // Whoever else is told of the end is told behind it, in the same tick.
      const sink = new MemorySink((isWhole) => {
        const { status, bodyBytes } = sink;
        if (isWhole) resolve({ record: exchange.record, status, bodyBytes });
        else reject(new Error('the answer was cut off'));
      });
      const exchange = new HttpExchange({ ...shared, bodies }, requestWith(method), sink, opening);
      exchange.begin();
    });
}

const requests = new Map<string, IncomingMessage>();

/** What an exchange looks at of Node's own request is the method and the client's address: one serves all. */
function requestWith(method: string): IncomingMessage {
  const known = requests.get(method);
  if (known) return known;
  const made = Object.assign(new IncomingMessage(new Socket()), { method });
  requests.set(method, made);
  return made;
}

/** Counts what a client would get. */
class MemorySink implements ExchangeSink {
  status = 0;
  bodyBytes = 0;
  readonly stalledAt = 0;
  readonly #over: (isWhole: boolean) => void;

  constructor(over: (isWhole: boolean) => void) {
    this.#over = over;
  }

  get headSent(): boolean {
    return this.status !== 0;
  }

  head(status: number): void {
    this.status = status;
  }

  write(bytes: Buffer): boolean {
    this.bodyBytes += bytes.length;
    return true;
  }

  flush(): void {
    // Nothing waits.
  }

  end(bytes?: Buffer | string): void {
    if (bytes !== undefined) this.bodyBytes += Buffer.byteLength(bytes);
    this.#over(true);
  }

  cut(): void {
    this.#over(false);
  }

  destroy(): void {
    this.#over(false);
  }

  onDrain(): void {
    // It never asks for a pause.
  }
}
