import type { ProxyConfig } from '../proxy/config/index.ts';
import { askProxy } from './ask-proxy.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { uptime } from '../tui/format.ts';
import { baseUrlOf, runningProxies } from './instances.ts';
import { portOwner } from './port-owner.ts';
import type { StartError } from './proxy-thread.ts';

const healthTimeoutMs = 1000;

/** Says why the proxy did not start, who is in its way, and what to try. */
export async function explainStartFailure(error: StartError, config: ProxyConfig): Promise<CommandError> {
  const { host, port } = config.listen;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandError(exitCodes.cannotBind, await portInUse(config), { cause: error });
    case 'EADDRNOTAVAIL':
      return new CommandError(exitCodes.cannotBind, `${host} is no address of this machine`, { cause: error });
    case 'EACCES':
      return new CommandError(exitCodes.cannotBind, `port ${port} of ${host} needs rights that you do not have`, {
        cause: error,
      });
  }
  const exitCode = error.kind === 'DataDirectoryError' ? exitCodes.configuration : exitCodes.internal;
  return new CommandError(exitCode, `the proxy could not start: ${error.message}`, { cause: error });
}

async function portInUse({ listen: { host, port }, paths }: ProxyConfig): Promise<string> {
  const ours = (await runningProxies(paths.runtimeDir)).find((proxy) => proxy.file.port === port);
  if (ours) {
    const seconds = (Date.now() - Date.parse(ours.file.start_time)) / 1000;
    const who = `pid ${ours.file.pid}, ${ours.file.version}, up ${uptime(seconds)}`;
    return `tokenpak is already running on ${port} (${who}). Use --port for a second one.`;
  }
  const next = port < 65_535 ? port + 1 : port - 1;
  const health = await askProxy(`${baseUrlOf({ host, port })}/health`, { timeoutMs: healthTimeoutMs });
  const isTokenpak = typeof health?.body.instance === 'string' && typeof health.body.requests_total === 'number';
  const owner = portOwner(port);
  const name = isTokenpak ? 'a tokenpak proxy of another user or home' : (owner?.name ?? 'another program');
  const pid = owner === null ? '' : ` (pid ${owner.pid})`;
  const what = `port ${port} is in use by ${name}${pid}${isTokenpak ? '' : ', not a tokenpak proxy'}.`;
  return `${what}\n  try    tokenpak start --port ${next}${process.platform === 'win32' ? '' : `        or: lsof -i :${port}`}`;
}
