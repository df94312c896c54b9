import { Argument, Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { changeProxy } from '../change-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { findProxy } from '../instances.ts';
import { portOption } from '../options.ts';

interface BreakerOptions {
  readonly port?: number;
  readonly json?: true;
}

const done = {
  open: 'is open: its requests are refused at once',
  close: 'is closed: its requests pass, whatever becomes of them',
  auto: 'goes by its requests again',
};

export function breakerCommand({ terminal, globals }: CommandContext): Command {
  return new Command('breaker')
    .description('Set a circuit breaker by hand. It stays so until it is set back, or the proxy ends.')
    .addArgument(new Argument('<to>', 'what to do').choices(['open', 'close', 'auto']))
    .argument('<name>', "a provider, or PROVIDER/MODEL for one of its models; 'tokenpak health' shows them")
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tokenpak breaker open anthropic        refuse what would go there\n  $ tokenpak breaker close openai/gpt-5    let it pass, whatever happens\n  $ tokenpak breaker auto anthropic        as its requests go',
    )
    .action(async (to: keyof typeof done, name: string, { port, json }: BreakerOptions) => {
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      await changeProxy(await findProxy(runtimeDir, port), 'POST /breaker', { name, to });
      if (json) terminal.json({ version: 1, name, to });
      else terminal.print(`${name} ${done[to]}`);
    });
}
