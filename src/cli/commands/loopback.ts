import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { portOption } from '../options.ts';

interface LoopbackCommandOptions {
  readonly port?: number;
  readonly seed?: string;
  readonly json?: true;
}

export function loopbackCommand({ terminal }: CommandContext): Command {
  return new Command('loopback')
    .description('Run the provider that makes everything up, as a server of its own.')
    .addOption(portOption('0 for any (default: 0)'))
    .option('--seed <n>', 'other ids and words')
    .option('--json', 'the address as JSON')
    .addHelpText(
      'after',
      "\nWhat it answers follows from the model's name (loopback-status-529) or the\nheader x-loopback (tokens=50; tps=20); GET / lists everything.\n\nExamples:\n  $ tokenpak loopback --port 9000",
    )
    .action(async ({ port = 0, seed = '0', json }: LoopbackCommandOptions) => {
      if (!/^\d{1,9}$/u.test(seed)) throw new CommandError(exitCodes.usage, '--seed takes a whole number');
      const { startLoopback } = await import('../../proxy/loopback/index.ts');
      const server = await startLoopback({ port, seed: Number(seed) }).catch((error: Error) => {
        throw new CommandError(exitCodes.cannotBind, `cannot listen on port ${port}: ${error.message}`);
      });
      if (json) terminal.json({ version: 1, url: server.url, port: server.port, pid: process.pid });
      else terminal.print(`the loopback provider listens on ${server.url}  (pid ${process.pid})`);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void server.close());
    });
}
