import path from 'node:path';
import { Command, Option } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { askProxy } from '../ask-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { clientVariables } from '../client-variables.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { findProxy, type RunningProxy } from '../instances.ts';
import { portOption } from '../options.ts';
import { proxyToken } from '../proxy-token.ts';
import { shells, type Shell, writeExports, writeUnset } from '../shell-syntax.ts';

interface EnvOptions {
  readonly shell?: Shell;
  readonly port?: number;
  readonly unset?: true;
}

const healthTimeoutMs = 2000;

export function envCommand({ terminal, globals }: CommandContext): Command {
  return new Command('env')
    .description('Print what points the clients of a shell at the running proxy.')
    .addOption(new Option('--shell <name>', 'the syntax to print (default: from $SHELL)').choices(shells))
    .addOption(portOption('which proxy, when several run'))
    .option('--unset', 'print what takes it back')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eval "$(tokenpak env)"\n  $ tokenpak env --shell fish | source\n  $ eval "$(tokenpak env --unset)"',
    )
    .action(async ({ shell = usualShell(), port, unset }: EnvOptions) => {
      if (unset) return terminal.print(writeUnset(shell, Object.keys(clientVariables(''))));
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      const proxy = await findProxy(runtimeDir, port);
      terminal.print(writeExports(shell, clientVariables(await verifiedUrl(proxy))));
    });
}

/**
 * The proxy's address with its number: a name can resolve to an address that somebody else holds. Clients will send
 * their keys there, so the listener has to be the process that owns the control socket.
 */
async function verifiedUrl({ identity, file, baseUrl }: RunningProxy): Promise<string> {
  const token = proxyToken(file);
  const health = await askProxy(`${baseUrl}/health`, { timeoutMs: healthTimeoutMs, token });
  const isHeld = identity.addresses.some((address) => [file.host, '0.0.0.0', '::'].includes(address));
  const isOurs = isHeld && identity.port === file.port && health?.body.instance === identity.instance;
  if (isOurs) return baseUrl;
  const message = `${baseUrl} does not answer as the proxy of pid ${file.pid}: another program may have taken the address`;
  throw new CommandError(exitCodes.cannotBind, `${message}\n  nothing was printed, so that no key goes there`);
}

function usualShell(): Shell {
  const name = path.basename(process.env.SHELL ?? '');
  if (process.platform === 'win32' && name === '') return 'pwsh';
  return shells.find((shell) => shell === name) ?? 'bash';
}
