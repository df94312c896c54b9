import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { askProxy } from '../ask-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { healthLines, type HealthReport } from '../health-lines.ts';
import { findProxy } from '../instances.ts';
import { durationOption, portOption } from '../options.ts';
import { proxyToken } from '../proxy-token.ts';

interface HealthOptions {
  readonly deep?: true;
  readonly json?: true;
  readonly url?: string;
  readonly port?: number;
  readonly timeout: number;
}

export function healthCommand({ terminal, globals }: CommandContext): Command {
  return new Command('health')
    .description('Ask a proxy how it is. Ends with 0 when it serves, 1 when it does not, 3 when there is none.')
    .option('--deep', 'memory, disk, event loop and providers as well')
    .option('--url <url>', 'a proxy that was started elsewhere')
    .addOption(portOption('which proxy, when several run'))
    .addOption(durationOption('--timeout <time>', 'how long to wait for an answer').default(2000, '2s'))
    .option('--json', 'the answer as it is')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tokenpak health --deep\n  $ tokenpak health --url http://127.0.0.1:8767 --json',
    )
    .action(async ({ deep, json, url, port, timeout }: HealthOptions) => {
      const { baseUrl, token } =
        url === undefined ? await running(port) : { baseUrl: url.replace(/\/+$/u, ''), token: proxyToken(null) };
      const answer = await askProxy(`${baseUrl}/health${deep ? '?deep=true' : ''}`, {
        timeoutMs: timeout,
        token,
      });
      if (answer === null) throw new CommandError(exitCodes.noProxy, `no proxy answers at ${baseUrl}`);
      if (json) terminal.json(answer.body);
      const isHealth = answer.status === 200 && typeof answer.body.instance === 'string';
      if (!isHealth)
        throw new CommandError(exitCodes.failed, `${baseUrl} answers ${answer.status}, not as a proxy that serves`);
      if (!json) for (const line of healthLines(baseUrl, answer.body as unknown as HealthReport)) terminal.print(line);
      if (answer.body.status === 'draining') process.exitCode = exitCodes.failed;
    });

  async function running(port: number | undefined): Promise<{ baseUrl: string; token: string | null }> {
    const { runtimeDir } = resolvePaths({ env: process.env, ...globals() });
    const { baseUrl, file } = await findProxy(runtimeDir, port);
    return { baseUrl, token: proxyToken(file) };
  }
}
