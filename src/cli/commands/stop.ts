import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import type { CommandContext } from '../command-context.ts';
import { findProxy } from '../instances.ts';
import { durationOption, portOption } from '../options.ts';
import { stopProxy } from '../stop-proxy.ts';

interface StopOptions {
  readonly port?: number;
  readonly drain?: number;
  readonly json?: true;
}

export function stopCommand({ terminal, globals }: CommandContext): Command {
  return new Command('stop')
    .description('Stop a running proxy: requests in flight may end first.')
    .addOption(portOption('which proxy, when several run'))
    .addOption(
      durationOption('--drain <time>', 'how long requests may go on, such as 10s (default: as it was started)'),
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ tokenpak stop\n  $ tokenpak stop --drain 0s')
    .action(async ({ port, drain, json }: StopOptions) => {
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      const proxy = await findProxy(runtimeDir, port);
      if (!json) terminal.note(`stopping the proxy on port ${proxy.file.port} (pid ${proxy.file.pid})`);
      await stopProxy(proxy, drain ?? null);
      if (json) terminal.json({ version: 1, stopped: true, pid: proxy.file.pid, port: proxy.file.port });
      else terminal.print('stopped');
    });
}
