import { Command, InvalidArgumentError, Option } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { askProxy } from '../ask-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { findProxy, type Instance } from '../instances.ts';
import type { ControlledProxy, ScreenFlags } from '../open-screen.ts';
import { portOption } from '../options.ts';
import { proxyToken, tokenName } from '../proxy-token.ts';
import { screenChoice } from '../screen-choice.ts';
import { showUntilLeft } from '../top.ts';

interface TopOptions extends ScreenFlags {
  readonly port?: number;
  readonly url?: string;
  readonly screenReader?: true;
}

const timeoutMs = 3000;

export function topCommand({ terminal, globals }: CommandContext): Command {
  return new Command('top')
    .description('Watch a running proxy on this terminal. Several may look at once; the proxy goes on when they leave.')
    .addOption(portOption('which proxy, when several run'))
    .addOption(new Option('--url <url>', 'one on another machine, read-only').argParser(httpUrl).conflicts('port'))
    .option('--ascii', 'draw with ASCII alone')
    .option('--screen-reader', 'sentences instead of a screen')
    .addHelpText('after', '\nExamples:\n  $ tokenpak top\n  $ tokenpak top --url http://10.0.0.5:8766')
    .action(async ({ port, url, ...options }: TopOptions) => {
      const choice = screenChoice({ tui: true, ...options }, terminal, process.env);
      if (choice === 'lines') {
        const where = "a screen needs a terminal; 'tokenpak status' and 'tokenpak logs -f' do without";
        throw new CommandError(exitCodes.usage, where);
      }
      const proxy = url === undefined ? await findProxy(runtimeDir(globals()), port) : null;
      const control: ControlledProxy | null = proxy;
      const file = proxy?.file ?? null;
      const shown = { url: url ?? proxy!.baseUrl, token: proxyToken(file) };
      await expectAnswer(shown, file);
      process.exit(await showUntilLeft(terminal, { choice, ...shown, flags: options, control }));
    });
}

interface Shown {
  readonly url: string;
  readonly token: string | null;
}

/**
 * A screen of a proxy that never answers would say nothing but that. One that goes away later is waited for, and so is
 * one of this machine that is there and too busy to answer.
 */
async function expectAnswer({ url, token }: Shown, file: Instance | null): Promise<void> {
  const answer = await askProxy(`${url}/stats`, { timeoutMs, token });
  if (answer?.status === 401)
    throw new CommandError(exitCodes.failed, `${url} wants its token: set ${tokenName(file)}`);
  if (file !== null) return;
  if (answer === null) throw new CommandError(exitCodes.noProxy, `no proxy answers at ${url}`);
  if (answer.status === 200 && typeof answer.body.instance === 'string') return;
  throw new CommandError(exitCodes.failed, `${url} answers ${answer.status}, not as a proxy that serves`);
}

function runtimeDir(options: ReturnType<CommandContext['globals']>): string {
  return resolvePaths({ env: process.env, ...options }).runtimeDir;
}

function httpUrl(text: string): string {
  const { protocol, search, hash, username, password, href } = new URL(URL.canParse(text) ? text : 'none:');
  // It stands on the screen: no place for a password.
  if (!['http:', 'https:'].includes(protocol) || search + hash + username + password !== '') {
    throw new InvalidArgumentError('Expected a URL such as http://10.0.0.5:8766.');
  }
  return href.replace(/\/+$/u, '');
}
