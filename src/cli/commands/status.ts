import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { askProxy } from '../ask-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { uptime } from '../../tui/format.ts';
import { findProxy } from '../instances.ts';
import { portOption } from '../options.ts';
import { proxyToken, tokenName } from '../proxy-token.ts';
import { statusLines, type StatusReport } from '../status-lines.ts';

interface StatusOptions {
  readonly port?: number;
  readonly json?: true;
}

const timeoutMs = 3000;

export function statusCommand({ terminal, globals }: CommandContext): Command {
  return new Command('status')
    .description('What a running proxy has done. Ends with 3 when there is none.')
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ tokenpak status\n  $ tokenpak status --json')
    .action(async ({ port, json }: StatusOptions) => {
      const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      const { file, identity, baseUrl } = await findProxy(runtimeDir, port);
      const asked = { timeoutMs, token: proxyToken(file) };
      const [health, stats] = await Promise.all(['/health', '/stats'].map((path) => askProxy(baseUrl + path, asked)));
      if (stats?.status === 401)
        throw new CommandError(exitCodes.failed, `${baseUrl} wants its token: set ${tokenName(file)}`);
      if (stats?.status !== 200 || health?.body.instance !== identity.instance) {
        throw new CommandError(
          exitCodes.failed,
          `the proxy of pid ${file.pid} runs, but does not answer at ${baseUrl}`,
        );
      }
      if (json)
        return terminal.json({ version: 1, url: baseUrl, pid: file.pid, health: health.body, stats: stats.body });
      const seconds = Number(health.body.uptime_seconds);
      terminal.print(
        `${String(health.body.status)}  ${baseUrl}  up ${uptime(seconds)}  v${file.version}  pid ${file.pid}`,
      );
      const report = { ...stats.body, circuit_breakers: health.body.circuit_breakers } as unknown as StatusReport;
      for (const line of statusLines(report)) terminal.print(line);
    });
}
