import { parentPort } from 'node:worker_threads';
import type { Change, ChangeProblem } from './change.ts';
import type { ProxyConfig } from './config/config.ts';
import { createProxy, type Proxy } from './proxy.ts';

/** What the host of the proxy's thread tells it. */
export type ToWorker =
  | { readonly type: 'start'; readonly config: ProxyConfig }
  | { readonly type: 'reload'; readonly config: ProxyConfig }
  | { readonly type: 'change'; readonly change: Change }
  | { readonly type: 'stop'; readonly drainMs: number };

/** What the thread tells its host. A crash is told by the thread's own end. */
export type FromWorker =
  | {
      readonly type: 'ready';
      readonly port: number;
      readonly address: { readonly v4: string | null; readonly v6: string | null };
      readonly notices: readonly string[];
      readonly instance: string;
    }
  /** It could not start; the name and the system's code of the error, where it has one. */
  | { readonly type: 'failed'; readonly name: string; readonly code: string | null; readonly message: string }
  | { readonly type: 'log'; readonly level: ProxyConfig['logLevel']; readonly message: string }
  | { readonly type: 'reloaded'; readonly problem: string | null }
  | { readonly type: 'changed'; readonly problem: ChangeProblem }
  | { readonly type: 'stopped'; readonly clean: boolean };

const host = parentPort;
if (host === null) throw new Error('this module runs in a worker thread');
const tell = (message: FromWorker): void => host.postMessage(message);

let proxy: Proxy | null = null;

host.on('message', (message: ToWorker) => {
  if (message.type === 'start') void start(message.config);
  else if (message.type === 'reload') void reload(message.config);
  else if (message.type === 'change') void change(message.change);
  else void stop(message.drainMs);
});

async function start(config: ProxyConfig): Promise<void> {
  try {
    proxy = await createProxy(config, { log: (level, message) => tell({ type: 'log', level, message }) });
    const { port, address, notices, instance } = proxy;
    tell({ type: 'ready', port, address, notices, instance });
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    tell({ type: 'failed', name, code: code ?? null, message });
  }
}

async function reload(config: ProxyConfig): Promise<void> {
  try {
    await proxy?.reload(config);
    tell({ type: 'reloaded', problem: null });
  } catch (error) {
    tell({ type: 'reloaded', problem: error instanceof Error ? error.message : String(error) });
  }
}

async function change(wanted: Change): Promise<void> {
  try {
    tell({ type: 'changed', problem: (await proxy?.change(wanted)) ?? null });
  } catch (error) {
    tell({ type: 'changed', problem: error instanceof Error ? error.message : String(error) });
  }
}

async function stop(drainMs: number): Promise<void> {
  const { clean } = (await proxy?.drain(drainMs)) ?? { clean: true };
  tell({ type: 'stopped', clean });
}
