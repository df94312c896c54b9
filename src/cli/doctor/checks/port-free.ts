import { createServer } from 'node:net';
import { askProxy } from '../../ask-proxy.ts';
import { baseUrlOf } from '../../instance-files.ts';
import { portOwner } from '../../port-owner.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';
import { fail, ok, skip } from '../finding.ts';

const answerMs = 1000;
const usualHost = '127.0.0.1';

/** Whether the port is free, or held by a proxy of this user's. */
export const portFree: Check = {
  id: 'port.free',
  group: 'network',
  run: async (context) => {
    const { port, proxy, config } = context;
    if (proxy !== null) return ok(`port ${port} is held by the running proxy (pid ${proxy.file.pid})`);
    if (port === 0) return ok('any free port is taken');
    const host = (await config()).loaded?.config.listen.host ?? usualHost;
    const refusal = await refusalOf(host, port);
    if (refusal === null) return ok(`port ${port} is free`);
    if (refusal === 'EADDRINUSE') return takenFinding(context, host);
    if (refusal === 'EACCES') {
      return fail(`port ${port} needs rights that you do not have`, 'No proxy can start on it.', [
        `tokenpak start --port ${port + 8000}`,
      ]);
    }
    return skip(`port ${port} of ${host} cannot be tried (${refusal})`);
  },
};

async function takenFinding({ port }: DoctorContext, host: string): Promise<Finding> {
  const health = await askProxy(`${baseUrlOf({ host, port })}/health`, { timeoutMs: answerMs });
  const isTokenpak = typeof health?.body.instance === 'string' && typeof health.body.requests_total === 'number';
  const owner = portOwner(port);
  const name = isTokenpak ? 'a tokenpak proxy of another user or home' : (owner?.name ?? 'another program');
  const other = await freePortAbove(host, port);
  return fail(
    `port ${port} is held by ${name}${owner === null ? '' : ` (pid ${owner.pid})`}`,
    isTokenpak
      ? 'Its ledger, budgets and keys are not yours.'
      : 'No proxy can start on it, and what clients send there goes to that program.',
    [
      ...(other === null ? [] : [`tokenpak start --port ${other}`]),
      ...(process.platform === 'win32' ? [] : [`lsof -i :${port}`]),
    ],
  );
}

async function freePortAbove(host: string, port: number): Promise<number | null> {
  for (let other = port + 1; other <= Math.min(port + 20, 65_535); other++) {
    if ((await refusalOf(host, other)) === null) return other;
  }
  return null;
}

/** The system's code for why nobody can listen there; null where somebody can. */
function refusalOf(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
