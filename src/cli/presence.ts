import { rmSync } from 'node:fs';
import type { Paths } from '../proxy/config/index.ts';
import { type ControlHandlers, createControl } from '../proxy/control/index.ts';
import { baseUrlOf, writeInstance } from './instances.ts';
import { product } from './product.ts';
import type { Ready } from './proxy-thread.ts';
import type { StartFlags } from './start-options.ts';

export interface PresenceOptions {
  readonly paths: Paths;
  readonly detached: boolean;
  readonly flags: StartFlags;
  /** The environment variable that holds the token. */
  readonly tokenEnv: string;
  readonly handlers: Omit<ControlHandlers, 'identity'>;
}

/** How other commands find a running proxy: its instance file and its control socket. */
export interface Presence {
  /** A new thread serves now, under another instance id. */
  readonly update: (ready: Ready) => void;
  readonly withdraw: () => Promise<void>;
}

/** @throws Error when the files cannot be written, or another process answers on the control socket. */
export async function announce(first: Ready, options: PresenceOptions): Promise<Presence> {
  const { paths, detached, handlers } = options;
  const startTime = new Date().toISOString();
  let ready = first;
  const control = await createControl({
    path: paths.controlSocket,
    handlers: {
      ...handlers,
      identity: () => ({
        instance: ready.instance,
        pid: process.pid,
        port: ready.port,
        addresses: [ready.address.v4, ready.address.v6].filter((address) => address !== null),
        version: product.version,
      }),
    },
  });
  write();

  return {
    update(next) {
      ready = next;
      write();
    },
    async withdraw() {
      rmSync(paths.instanceFile, { force: true });
      await control.close();
    },
  };

  function write(): void {
    writeInstance(paths.instanceFile, {
      pid: process.pid,
      start_time: startTime,
      port: ready.port,
      host: reachableHost(ready),
      instance: ready.instance,
      version: product.version,
      detached,
      token_env: options.tokenEnv,
      flags: options.flags,
    });
  }
}

/** Where a proxy can be asked from its own machine. */
export function localUrl(ready: Ready): string {
  return baseUrlOf({ host: reachableHost(ready), port: ready.port });
}

/** One that listens on every address is asked on loopback. */
function reachableHost({ address: { v4, v6 } }: Ready): string {
  if (v4 !== null) return v4 === '0.0.0.0' ? '127.0.0.1' : v4;
  return v6 === null || v6 === '::' ? '::1' : v6;
}
