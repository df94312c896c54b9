import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as ConfigModule from '../../src/proxy/config/index.ts';
import type { ProxyConfig } from '../../src/proxy/config/config.ts';
import type * as ProxyModule from '../../src/proxy/index.ts';

// The built program, since its threads can only be started from compiled files.
const dist = new URL('../../dist/proxy/', import.meta.url);
const { createProxy } = (await import(new URL('index.js', dist).href)) as typeof ProxyModule;
const { loadConfig, createSecrets } = (await import(new URL('config/index.js', dist).href)) as typeof ConfigModule;

export interface RequestJson {
  readonly id: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly asked_model: string | null;
  readonly dialect: string;
  readonly intent: unknown;
  readonly project: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly stream: boolean;
  readonly status: number;
  readonly outcome: string;
  readonly tokens: Readonly<Record<string, number>> | null;
  readonly cost_usd: number | null;
  readonly cost_picodollars: string | null;
  readonly unpriced_reason?: string;
  readonly exactness: string;
  readonly attempts: readonly { provider: string; status: number | null; outcome: string }[];
  readonly latency_ms: Readonly<Record<string, number | null>>;
}

export interface TestProxy {
  readonly port: number;
  readonly url: string;
  readonly home: string;
  readonly logs: readonly string[];
  readonly instance: string;
  readonly proxy: ProxyModule.Proxy;
  /** The requests that are over, newest first. */
  readonly recent: () => Promise<RequestJson[]>;
  /** Waits until `count` requests are over. */
  readonly over: (count: number) => Promise<RequestJson[]>;
  readonly close: () => Promise<void>;
}

/** The environment of a proxy whose provider may fail as often as a test likes. */
export const withoutBreakers = { TOKENPAK_CB_ENABLED: 'false' };

export interface TestProxyOptions {
  /** Base URLs by provider. */
  readonly upstreams?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  /** What `tokenpak.yaml` says. */
  readonly file?: string;
  /** Changes the validated configuration. */
  readonly change?: (config: ProxyConfig) => ProxyConfig;
}

/** A whole proxy in this process, on a port of the system's choice and in a home of its own. */
export async function startProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const home = mkdtempSync(path.join(tmpdir(), 'tokenpak-test-'));
  const env = { ...options.env };
  if (options.file !== undefined) writeFileSync(path.join(home, 'tokenpak.yaml'), options.file);
  const flags = { port: 0, home, upstreams: options.upstreams ?? {} };
  const sources = { env, flags, secrets: createSecrets(env), version: '0.0.0-test', demo: false };
  const { config: loaded } = await loadConfig(sources);
  // A machine that runs tests can be so busy that the proxy would rightly refuse them.
  const config = { ...loaded, capacity: { ...loaded.capacity, lagMs: 0 } };
  const logs: string[] = [];
  const proxy = await createProxy(options.change?.(config) ?? config, {
    log: (level, message) => logs.push(`${level}: ${message}`),
  });
  const { port, instance } = proxy;
  const url = `http://127.0.0.1:${port}`;
  const recent = async (): Promise<RequestJson[]> =>
    ((await (await fetch(`${url}/recent?limit=500`)).json()) as { requests: RequestJson[] }).requests;
  return {
    ...{ port, url, home, logs, instance, proxy, recent },
    async over(count) {
      for (;;) {
        const requests = await recent();
        if (requests.length >= count) return requests;
      }
    },
    async close() {
      await proxy.drain(0);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
