import type { ProxyConfig } from '../proxy/config/index.ts';
import { askProxy } from './ask-proxy.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { uptime } from '../tui/format.ts';
import { baseUrlOf, type RunningProxy, runningProxies } from './instances.ts';
import { portOwner } from './port-owner.ts';
import type { StartError } from './proxy-thread.ts';

const healthTimeoutMs = 1000;

/** A proxy of this user's and home has the port: where there is a terminal, it can be shown instead. */
export class AlreadyRunningError extends CommandError {
  readonly proxy: RunningProxy;
  /** Which one it is, as a sentence without its end. */
  readonly which: string;

  constructor(proxy: RunningProxy, options?: ErrorOptions) {
    const { pid, version, port, start_time: startTime } = proxy.file;
    const seconds = (Date.now() - Date.parse(startTime)) / 1000;
    const which = `tokenpak is already running on ${port} (pid ${pid}, ${version}, up ${uptime(seconds)})`;
    super(exitCodes.cannotBind, `${which}. Use --port for a second one.`, options);
    this.name = 'AlreadyRunningError';
    this.proxy = proxy;
    this.which = which;
  }
}

/** Says why the proxy did not start, who is in its way, and what to try. */
export async function explainStartFailure(error: StartError, config: ProxyConfig): Promise<CommandError> {
  const { host, port } = config.listen;
  switch (error.code) {
    case 'EADDRINUSE':
      return portInUse(config, { cause: error });
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

async function portInUse({ listen: { host, port }, paths }: ProxyConfig, options: ErrorOptions): Promise<CommandError> {
  const ours = (await runningProxies(paths.runtimeDir)).find((proxy) => proxy.file.port === port);
  if (ours) return new AlreadyRunningError(ours, options);
  const next = port < 65_535 ? port + 1 : port - 1;
  const health = await askProxy(`${baseUrlOf({ host, port })}/health`, { timeoutMs: healthTimeoutMs });
  const isTokenpak = typeof health?.body.instance === 'string' && typeof health.body.requests_total === 'number';
  const owner = portOwner(port);
  const name = isTokenpak ? 'a tokenpak proxy of another user or home' : (owner?.name ?? 'another program');
  const pid = owner === null ? '' : ` (pid ${owner.pid})`;
  const what = `port ${port} is in use by ${name}${pid}${isTokenpak ? '' : ', not a tokenpak proxy'}.`;
  const instead = `try    tokenpak start --port ${next}${process.platform === 'win32' ? '' : `        or: lsof -i :${port}`}`;
  return new CommandError(exitCodes.cannotBind, `${what}\n  ${instead}`, options);
}
