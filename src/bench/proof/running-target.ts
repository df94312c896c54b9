import { ProofError } from './settle-options.ts';

/** A proxy that runs already. */
export interface RunningTarget {
  readonly port: number;
  readonly pid: number;
}

const answerWithinMs = 5000;
const loopbackHosts = new Set(['127.0.0.1', 'localhost']);

/** The port of a URL that is on this machine. @throws ProofError for anything else: only loopback is put under load */
export function loopbackPort(target: string): number {
  const url = URL.canParse(target) ? new URL(target) : null;
  if (url?.protocol !== 'http:') throw new ProofError('the target must be a URL such as http://127.0.0.1:8766');
  if (!loopbackHosts.has(url.hostname)) {
    throw new ProofError('the target must be on 127.0.0.1 or localhost: nothing else is put under load');
  }
  if (url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new ProofError('the target must be a host and a port, without a path or a user');
  }
  return Number(url.port || 80);
}

/** Finds out whether a tokenpak answers there. @throws ProofError where none does */
export async function findTarget(target: string): Promise<RunningTarget> {
  const port = loopbackPort(target);
  try {
    const signal = AbortSignal.timeout(answerWithinMs);
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal, redirect: 'error' });
    const { pid, instance } = (await response.json()) as { pid?: unknown; instance?: unknown };
    if (typeof pid === 'number' && typeof instance === 'string') return { port, pid };
  } catch (cause) {
    throw new ProofError(`no tokenpak answers on 127.0.0.1:${port}`, { cause });
  }
  throw new ProofError(`what answers on 127.0.0.1:${port} is no tokenpak`);
}
