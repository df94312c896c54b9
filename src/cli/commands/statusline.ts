import type { Readable } from 'node:stream';
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import type { CommandContext } from '../command-context.ts';
import { getJson } from '../get-json.ts';
import { baseUrlOf, type Instance, writtenInstances } from '../instance-files.ts';
import { portOption } from '../options.ts';
import { proxyToken, tokenName } from '../proxy-token.ts';
import { sessionFrom } from '../session-input.ts';
import { statuslineFormatFrom, type StatuslineStats, statuslineText } from '../statusline-text.ts';

interface StatuslineOptions {
  readonly format?: string;
  readonly port?: number;
  readonly url?: URL;
}

interface Target {
  readonly url: URL;
  /** Who should answer; null for whoever is there. */
  readonly file: Instance | null;
}

const answerMs = 700;
const inputMs = 150;
/** What is still under way then, such as the search for a host, is given up. */
const lingerMs = 100;
const off = 'pak off';
const examples = `
Placeholders: {session} {run} {today} {cache} {p50} {p99} {requests} {inflight}

Examples:
  $ tokenpak statusline
  $ tokenpak statusline --format '{today} today, {cache} cached'`;

export function statuslineCommand({ terminal, globals }: CommandContext): Command {
  return new Command('statusline')
    .description('One line about the running proxy, and the session that Claude Code asks for.')
    .addOption(new Option('--format <text>', 'what to print').argParser(statuslineFormatFrom))
    .addOption(portOption('which proxy, when several run'))
    .addOption(new Option('--url <url>', 'a proxy that was started elsewhere').argParser(urlFrom).conflicts('port'))
    .addHelpText('after', examples)
    .action(async ({ format, port, url }: StatuslineOptions) => {
      const input = process.stdin.isTTY ? null : process.stdin;
      // A status line that fails is not shown: whatever goes wrong has to be a line.
      const line = textOf(() => (url ? { url, file: null } : writtenTarget(port)), {
        input,
        format: format ?? null,
      });
      terminal.print(await line.catch(() => off));
      setTimeout(() => process.exit(), lingerMs).unref();
    });

  function writtenTarget(port: number | undefined): Target | null {
    const written = writtenInstances(resolvePaths({ env: process.env, ...globals() }).runtimeDir);
    const file = port === undefined ? ownProxy(written) : written.find((one) => one.port === port);
    return file ? { url: new URL(baseUrlOf(file)), file } : null;
  }
}

/** Of several, the one that the client which asks goes through; else the one that started last. */
function ownProxy(written: readonly Instance[]): Instance | undefined {
  const url = process.env.ANTHROPIC_BASE_URL ?? '';
  const port = URL.canParse(url) ? Number(new URL(url).port) : NaN;
  return written.find((file) => file.port === port) ?? written[0];
}

interface TextOptions {
  readonly input: Readable | null;
  readonly format: string | null;
}

async function textOf(find: () => Target | null, { input, format }: TextOptions): Promise<string> {
  const target = find();
  const [session, answer] = await Promise.all([input && sessionFrom(input, inputMs), target && ask(target)]);
  if (answer?.status === 401) return `pak wants ${tokenName(target?.file ?? null)}`;
  if (!target || answer?.status !== 200) return off;
  const stats = answer.body as unknown as StatuslineStats;
  const isOther = target.file !== null && stats.instance !== target.file.instance;
  return isOther ? off : statuslineText(stats, session, format);
}

function ask({ url, file }: Target): ReturnType<typeof getJson> {
  const stats = new URL(`${url.pathname.replace(/\/+$/u, '')}/stats`, url);
  return getJson(stats, { timeoutMs: answerMs, token: proxyToken(file) });
}

function urlFrom(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new InvalidArgumentError('Expected a URL such as http://127.0.0.1:8767.');
}
