import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { changeRegistry, createKeys, registryPath } from '../../proxy/access-keys/registry/index.ts';
import { createSecrets, loadConfig, type ProxyConfig } from '../../proxy/config/index.ts';
import { createInProcessProxy, type InProcessProxy, type InProcessRequest } from '../../proxy/in-process.ts';
import { parseMessage } from '../http-head.ts';
import { httpRequest, messagesBody } from '../messages.ts';
import { plainReply } from '../replies.ts';

/** A proxy to be measured, and what it is asked. */
export interface Subject {
  readonly proxy: InProcessProxy;
  readonly request: InProcessRequest;
}

/** Nothing of it is ever reached: what is measured is the cost of looking. The providers are never connected to. */
const everythingOn = `
keys: required
limits:
  - { per: key, requests: 1000000/s, burst: 2000000 }
budgets:
  - { name: day, per: all, usd: 9000, window: day, mode: hard, unpriced: allow }
providers:
  anthropic: { baseUrl: 'http://127.0.0.1:9' }
  backup: { baseUrl: 'http://127.0.0.1:9', dialects: [anthropic-messages], apiKeyEnv: none }
routes:
  - { match: { model: 'claude-*' }, targets: [anthropic, backup] }
breaker: { enabled: true }
`;

const lockClock = {
  wall: Date.now,
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** An access key with a limit of its own, in the registry that a proxy of this configuration reads. */
async function accessKey({ paths: { dataDir } }: ProxyConfig): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const settings = { name: 'bench', count: 1, expires: null, models: null, limits: 'requests=1000000/s' };
  const wanted = { ...settings, budgets: [], project: null, agent: null };
  const { keys } = await changeRegistry(
    registryPath(dataDir),
    (registry) => createKeys(registry, wanted, Date.now()),
    lockClock,
  );
  return keys[0] as string;
}

/**
 * A proxy in this process with everything on, in a scratch home: an access key, which is found in the cache from the second
 * request on, a limit, a budget, a route, circuit breakers, prices, the ledger. Its provider answers at once.
 */
export async function openSubject(home: string): Promise<Subject> {
  writeFileSync(path.join(home, 'tokenpak.yaml'), everythingOn, { mode: 0o600 });
  const sources = { env: {}, flags: { home }, secrets: createSecrets({}), version: '0.0.0-bench', demo: false };
  const { config } = await loadConfig(sources);
  const key = await accessKey(config);
  const { headers, body } = parseMessage(plainReply());
  const proxy = await createInProcessProxy(config, { status: 200, headers, body }, { log: () => undefined });
  const asked = parseMessage(httpRequest(messagesBody(1024, 'plain'), config.listen.port, key));
  const request = { method: 'POST', url: '/v1/messages', headers: asked.headers, body: asked.body };
  return { proxy, request };
}
