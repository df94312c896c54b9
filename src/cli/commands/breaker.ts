import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { changeProxy } from '../change-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { findProxy } from '../instances.ts';
import { portOption } from '../options.ts';

interface BreakerOptions {
  readonly port?: number;
  readonly json?: true;
}

const states = {
  open: {
    description: 'Refuse at once what would go there.',
    done: 'is open: its requests are refused at once',
    example: '$ tokenpak breaker open anthropic',
  },
  close: {
    description: 'Let everything pass.',
    done: 'is closed: its requests pass, whatever becomes of them',
    example: '$ tokenpak breaker close openai/gpt-5',
  },
  auto: {
    description: 'Set it back: it goes by its requests.',
    done: 'goes by its requests again',
    example: '$ tokenpak breaker auto anthropic',
  },
};
type State = keyof typeof states;

export function breakerCommand(context: CommandContext): Command {
  const command = new Command('breaker').description(
    'Set a circuit breaker by hand. It stays so until it is set back, or the proxy ends.',
  );
  for (const to of Object.keys(states) as State[]) command.addCommand(settingCommand(to, context));
  return command.addHelpText('after', "\n'tokenpak status' shows those that are not closed.");
}

function settingCommand(to: State, { terminal, globals }: CommandContext): Command {
  return new Command(to)
    .summary(states[to].description)
    .description(states[to].description)
    .argument('<name>', 'a provider, or PROVIDER/MODEL for one of its models')
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .addHelpText('after', `\nExamples:\n  ${states[to].example}`)
    .action(async (name: string, { port, json }: BreakerOptions) => {
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      await changeProxy(await findProxy(runtimeDir, port), 'POST /breaker', { name, to });
      if (json) terminal.json({ version: 1, name, to });
      else terminal.print(`${name} ${states[to].done}`);
    });
}
