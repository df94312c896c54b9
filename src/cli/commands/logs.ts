import { Command, InvalidArgumentError, Option } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { createLedgerReader } from '../../proxy/ledger/index.ts';
import { askProxy } from '../ask-proxy.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { type Follower, type FollowOptions, followRequests } from '../follow-requests.ts';
import { findProxy } from '../instances.ts';
import { logLines } from '../log-lines.ts';
import {
  type LedgerReader,
  type LoggedRequest,
  missedRequests,
  newestRequests,
  type Silence,
} from '../newest-requests.ts';
import { portOption } from '../options.ts';
import { proxyToken, tokenName } from '../proxy-token.ts';
import { requestDetails, type RequestDetails } from '../request-details.ts';
import { requestFilter, type RequestFilterOptions, statusFilterFrom } from '../request-filter.ts';
import { sinceOption } from '../since.ts';
import type { Terminal } from '../terminal.ts';

interface LogsOptions extends RequestFilterOptions {
  readonly follow?: true;
  readonly lines?: number;
  readonly json?: true;
  readonly port?: number;
}

const usualLines = 50;
const maxLines = 100_000;
const timeoutMs = 3000;
const examples = `
Examples:
  $ tokenpak logs -f --status '>=400'
  $ tokenpak logs last`;

export function logsCommand({ terminal, globals }: CommandContext): Command {
  return new Command('logs')
    .description('Finished requests, the newest at the end; or all about one. From the ledger.')
    .argument('[id]', 'of one request: tp_…, or last')
    .option('-f, --follow', 'go on with what a running proxy does')
    .addOption(linesOption())
    .option('--status <status>', 'such as 429, 5xx or >=400', statusFilterFrom)
    .option('--model <text>', 'in the name of the model')
    .option('--session <text>', 'in the name of the session')
    .option('--project <text>', 'in the name of the project')
    .addOption(sinceOption('such as 30m, 7d, today, 2026-11-20T09:30'))
    .addOption(portOption('which proxy to follow, when several run'))
    .option('--json', 'a line of JSON for each')
    .addHelpText('after', examples)
    .action(async (id: string | undefined, options: LogsOptions) => {
      const { dataDir, runtimeDir } = resolvePaths({ env: process.env, ...globals() });
      const reader = createLedgerReader(dataDir);
      if (id === undefined) return printRequests(reader, runtimeDir, options, terminal);
      const { json, ...others } = options;
      if (Object.keys(others).length > 0) {
        throw new CommandError(exitCodes.usage, 'all about one request: beside its id there is only --json');
      }
      await printRequest(reader, id, json === true, terminal);
    });
}

function linesOption(): Option {
  return new Option('-n, --lines <n>', `so many at most (default: ${usualLines})`).argParser((text: string) => {
    const lines = /^\d{1,6}$/u.test(text) ? Number(text) : NaN;
    if (lines <= maxLines) return lines;
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${maxLines}.`);
  });
}

async function printRequest(reader: LedgerReader, id: string, json: boolean, terminal: Terminal): Promise<void> {
  const entry = id === 'last' ? await reader.newest() : await reader.find(id);
  if (entry === null) {
    throw new CommandError(exitCodes.failed, `the ledger has no request ${id === 'last' ? 'yet' : id}`);
  }
  const { request, error, why } = entry;
  if (json) return terminal.json({ version: 1, request, error, why });
  for (const line of requestDetails({ request, error, why } as unknown as RequestDetails)) terminal.print(line);
}

async function printRequests(
  reader: LedgerReader,
  runtimeDir: string,
  options: LogsOptions,
  terminal: Terminal,
): Promise<void> {
  // Before the ledger is read, so that nothing is missed in between.
  const missed = (silence: Silence): Promise<LoggedRequest[]> => missedRequests(reader, silence);
  const follower = options.follow ? await startFollowing({ runtimeDir, port: options.port, missed }, terminal) : null;
  const isWanted = requestFilter(options);
  const lineOf = logLines(terminal.color, Date.now);
  const print = (request: LoggedRequest): void =>
    options.json ? terminal.json(request) : terminal.print(lineOf(request));
  const newest = await newestRequests(reader, { limit: options.lines ?? usualLines, since: options.since, isWanted });
  newest.forEach(print);
  if (follower === null) return;
  const printed = new Set(newest.map(({ id }) => id));
  await untilInterrupted(follower, terminal, (request) => {
    if (!printed.delete(request.id) && isWanted(request)) print(request);
  });
}

interface Followed extends Pick<FollowOptions, 'missed'> {
  readonly runtimeDir: string;
  readonly port: number | undefined;
}

async function startFollowing({ runtimeDir, port, missed }: Followed, terminal: Terminal): Promise<Follower> {
  const { baseUrl, file } = await findProxy(runtimeDir, port);
  const token = proxyToken(file);
  const answer = await askProxy(`${baseUrl}/recent?limit=1`, { timeoutMs, token });
  if (answer?.status === 401) {
    throw new CommandError(exitCodes.failed, `${baseUrl} wants its token: set ${tokenName(file)}`);
  }
  const follower = followRequests({ baseUrl, token, note: terminal.note, missed });
  if (await follower.connected(timeoutMs)) return follower;
  follower.stop();
  throw new CommandError(exitCodes.failed, `${baseUrl} runs, but does not tell what it does`);
}

/** Ctrl-c is how following is meant to end: it ends with 0. So is a reader that has gone, as `| head` does. */
function untilInterrupted(
  follower: Follower,
  terminal: Terminal,
  take: (request: LoggedRequest) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      follower.stop();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
    terminal.onGone(end);
    follower.handTo(take);
  });
}
