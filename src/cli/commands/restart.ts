import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import type { CommandContext } from '../command-context.ts';
import { startDetached } from '../detach.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { findProxy } from '../instances.ts';
import { durationOption, portOption } from '../options.ts';
import { stopProxy } from '../stop-proxy.ts';

interface RestartOptions {
  readonly port?: number;
  readonly drain?: number;
  readonly json?: true;
}

export function restartCommand({ terminal, globals }: CommandContext): Command {
  return new Command('restart')
    .description('Stop a detached proxy and start it again as it was started.')
    .addOption(portOption('which proxy, when several run'))
    .addOption(durationOption('--drain <time>', 'how long requests may go on, such as 10s'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ tokenpak restart\n  $ tokenpak restart --drain 1m')
    .action(async ({ port, drain, json }: RestartOptions) => {
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      const proxy = await findProxy(runtimeDir, port);
      if (!proxy.file.detached) {
        const where = `the proxy on port ${proxy.file.port} (pid ${proxy.file.pid}) runs in a terminal`;
        throw new CommandError(exitCodes.failed, `${where}: stop it there and start it again`);
      }
      if (!json) terminal.note(`stopping the proxy on port ${proxy.file.port} (pid ${proxy.file.pid})`);
      await stopProxy(proxy, drain ?? null);
      const { pid, url, logFile } = await startDetached({ ...proxy.file.flags, port: proxy.file.port });
      if (json) terminal.json({ version: 1, pid, url, log_file: logFile });
      else terminal.print(`listening on ${url}  (pid ${pid})\n  log   ${logFile}`);
    });
}
