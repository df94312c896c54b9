import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { startDetached } from '../detach.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { durationOption, portOption } from '../options.ts';
import { proxyToken } from '../proxy-token.ts';
import { type RunOptions, runProxy } from '../run-proxy.ts';
import { screenChoice } from '../screen-choice.ts';
import { AlreadyRunningError } from '../start-failure.ts';
import { configFlags, type StartOptions } from '../start-options.ts';
import type { Terminal } from '../terminal.ts';
import { showUntilLeft } from '../top.ts';

const examples = `
Examples:
  $ tokenpak start --port 8767 --detach`;

export function startCommand({ terminal, globals }: CommandContext): Command {
  return new Command('start')
    .description('Run the proxy until it is told to stop.')
    .addOption(portOption('0 for any (default: 8766, TOKENPAK_PORT)'))
    .option('--host <address>', 'where to listen (default: loopback, TOKENPAK_HOST)')
    .option('--upstream <name=url>', "a provider's base URL; may be repeated", collectUpstream)
    .option('--expose', 'allow an address that others can reach')
    .addOption(new Option('--demo', 'synthetic traffic, nothing is kept').conflicts(['detach', 'upstream', 'expose']))
    .option('--no-tui', 'lines instead of a screen')
    .option('--ascii', 'draw the screen with ASCII alone')
    .option('--screen-reader', 'sentences instead of a screen')
    .option('--detach', 'run in the background')
    .option('--log-file <file>', 'write a log as well')
    .option('--log-level <level>', 'error, warn, info, debug (TOKENPAK_LOG_LEVEL)')
    .addOption(durationOption('--drain <time>', 'for requests to end when stopped (default: 10s)'))
    .option('--json', 'lines of JSON')
    .addOption(new Option('--background').hideHelp())
    .addHelpText('after', examples)
    .action(async (own: StartOptions) => {
      const options = { ...globals(), ...own };
      if (options.detach) await detach(options, terminal);
      // Whatever may still be open, a proxy that has ended has ended.
      else process.exit(await (options.demo ? runDemo(options, terminal) : run(options, terminal)));
    });
}

async function run(options: StartOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false, background: detached = false } = options;
  const screen = screenOf(options, terminal);
  try {
    return await runProxy({ flags: configFlags(options), demo: false, json, detached, screen }, terminal);
  } catch (error) {
    const { choice, flags } = screen;
    if (!(error instanceof AlreadyRunningError) || choice === 'lines') throw error;
    // Whoever starts it on a terminal wants to see it.
    const { proxy, which } = error;
    terminal.note(`${which}. Attaching. Use --port for a second one.`);
    return showUntilLeft(terminal, {
      choice,
      url: proxy.baseUrl,
      token: proxyToken(proxy.file),
      flags,
      control: proxy,
    });
  }
}

function screenOf(options: StartOptions, terminal: Terminal): RunOptions['screen'] {
  return { choice: screenChoice(options, terminal, process.env), flags: options };
}

async function runDemo(options: StartOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.home !== undefined || options.config !== undefined) {
    throw new CommandError(exitCodes.usage, '--demo has a home of its own; leave --home and --config out');
  }
  const home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-demo-'));
  try {
    const flags = configFlags({ ...options, home });
    const screen = screenOf(options, terminal);
    return await runProxy({ flags, demo: true, json: options.json ?? false, detached: false, screen }, terminal);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function detach(options: StartOptions, terminal: Terminal): Promise<void> {
  const { pid, url, logFile } = await startDetached(configFlags(options));
  if (options.json) terminal.json({ version: 1, pid, url, log_file: logFile });
  else terminal.print(`listening on ${url}  (pid ${pid})\n  log   ${logFile}\n  stop  tokenpak stop`);
}

function collectUpstream(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, url] = /^([^=]+)=(.+)$/u.exec(text) ?? [];
  if (name === undefined || url === undefined) {
    throw new InvalidArgumentError('Expected NAME=URL, such as openai=http://127.0.0.1:8000.');
  }
  return { ...earlier, [name]: url };
}
