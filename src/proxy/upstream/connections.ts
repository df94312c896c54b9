import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { Client, Pool, ProxyAgent } from './undici-parts.ts';

/** What the connections to one provider need to know of it. */
interface ConnectionSettings {
  readonly provider: string;
  readonly origin: string;
  /** Whether loopback and private addresses are meant. */
  readonly allowsPrivate: boolean;
  /** An HTTP proxy's URL, or null. */
  readonly proxy: string | null;
}

export interface ConnectionOptions {
  readonly connectMs: number;
  /** Connections at most to one origin. */
  readonly maxConnections: number;
  /** Whether a provider's name may resolve to this address. */
  readonly allowsAddress: (address: string, allowsPrivate: boolean) => boolean;
}

export interface Connections {
  /** The shared connections to a provider. */
  readonly pool: (settings: ConnectionSettings) => Pick<Dispatcher, 'dispatch'>;
  /** A connection that nobody has used before, closed after its first request. */
  readonly fresh: (
    settings: ConnectionSettings,
  ) => Pick<Dispatcher, 'dispatch'> & { readonly close: () => Promise<void> };
  readonly close: () => Promise<void>;
}

/** Connections kept alive, one pool a provider. Deadlines are the caller's: undici's timers are reset by any byte. */
export function createConnections(options: ConnectionOptions): Connections {
  const pools = new Map<string, { readonly settings: ConnectionSettings; readonly pool: Dispatcher }>();
  const base = { headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 32 * 1024, pipelining: 1 };
  const connect = (settings: ConnectionSettings): { timeout: number; lookup: LookupFunction } => ({
    timeout: options.connectMs,
    lookup: guardedLookup((address) => options.allowsAddress(address, settings.allowsPrivate)),
  });
  const make = (settings: ConnectionSettings): Dispatcher =>
    settings.proxy === null
      ? new Pool(settings.origin, { ...base, connections: options.maxConnections, connect: connect(settings) })
      : new ProxyAgent({ ...base, uri: settings.proxy, connections: options.maxConnections });
  return {
    pool(settings) {
      const known = pools.get(settings.provider);
      if (known && isSame(known.settings, settings)) return known.pool;
      // The provider has been configured anew: what is on its way there ends in peace.
      void known?.pool.close();
      const pool = make(settings);
      pools.set(settings.provider, { settings, pool });
      return pool;
    },
    fresh: (settings) =>
      settings.proxy === null ? new Client(settings.origin, { ...base, connect: connect(settings) }) : make(settings),
    async close() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.allSettled(all.map(({ pool }) => pool.destroy()));
    },
  };
}

function isSame(one: ConnectionSettings, other: ConnectionSettings): boolean {
  return one.origin === other.origin && one.allowsPrivate === other.allowsPrivate && one.proxy === other.proxy;
}

/** Resolves a name and refuses it when any of its addresses is not allowed, so that a name cannot turn inward between two looks. */
export function guardedLookup(allows: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const refused = addresses.find(({ address }) => !allows(address));
      if (refused || addresses.length === 0) {
        const reason = refused ? 'resolves to an address that is not allowed for this provider' : 'has no address';
        return callback(Object.assign(new Error(`${hostname} ${reason}`), { code: 'EADDRNOTALLOWED' }), '', 0);
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses as [LookupAddress];
      callback(null, first.address, first.family);
    });
  };
}

/** Is told which socket its request was written to. */
export interface SocketListener {
  readonly writtenTo: (socket: Socket) => void;
}

export interface SocketWatch {
  /** To be called when undici tells that it goes ahead; the socket follows within the same call of undici's. */
  readonly expect: (listener: SocketListener) => void;
  readonly close: () => void;
}

/**
 * Tells which socket a request was written to. undici does not hand it over, but says it on its diagnostics channel
 * (https://undici.nodejs.org/#/docs/api/DiagnosticsChannel) right behind telling the handler to go ahead.
 */
export function watchSockets(): SocketWatch {
  let expecting: SocketListener | null = null;
  const written = (message: unknown): void => {
    const listener = expecting;
    expecting = null;
    listener?.writtenTo((message as { socket: Socket }).socket);
  };
  subscribe('undici:client:sendHeaders', written);
  return {
    expect: (listener) => void (expecting = listener),
    close: () => void unsubscribe('undici:client:sendHeaders', written),
  };
}
