import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { askControl } from '../../proxy/control/index.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { findProxy } from '../instances.ts';
import { portOption } from '../options.ts';

interface ReloadOptions {
  readonly port?: number;
  readonly json?: true;
}

export function reloadCommand({ terminal, globals }: CommandContext): Command {
  return new Command('reload')
    .description(
      'Have a running proxy read its configuration again. Requests on their way keep the old one; so does everybody, with exit code 5, when there is a problem.',
    )
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ tokenpak config validate && tokenpak reload')
    .action(async ({ port, json }: ReloadOptions) => {
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      const { controlSocket, file } = await findProxy(runtimeDir, port);
      const answer = await askControl(controlSocket, 'POST /reload');
      if (answer === null) throw new CommandError(exitCodes.failed, `the proxy on port ${file.port} does not answer`);
      const { problems = [] } = answer.body as { readonly problems?: readonly string[] };
      if (json) terminal.json({ version: 1, reloaded: problems.length === 0, problems });
      if (problems.length > 0) {
        const told = json ? '' : ['the old configuration stays', ...problems.map((text) => `  ${text}`)].join('\n');
        throw new CommandError(exitCodes.configuration, told);
      }
      if (!json) terminal.print('the configuration has been read again');
    });
}
