import { Command, CommanderError, Option } from 'commander';
import { ConfigError, createRedactor, problemText } from '../proxy/config/index.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { product } from './product.ts';
import { createTerminal, type Terminal } from './terminal.ts';

type CommandFactory = (context: CommandContext) => Command;

/** Loads each command's module: only when the command line names it. */
const commands: Readonly<Record<string, () => Promise<CommandFactory>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  stop: async () => (await import('./commands/stop.ts')).stopCommand,
  restart: async () => (await import('./commands/restart.ts')).restartCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  top: async () => (await import('./commands/top.ts')).topCommand,
  health: async () => (await import('./commands/health.ts')).healthCommand,
  env: async () => (await import('./commands/env.ts')).envCommand,
  budget: async () => (await import('./commands/budget.ts')).budgetCommand,
  config: async () => (await import('./commands/config.ts')).configCommand,
  logs: async () => (await import('./commands/logs.ts')).logsCommand,
  cost: async () => (await import('./commands/cost.ts')).costCommand,
  why: async () => (await import('./commands/why.ts')).whyCommand,
  reload: async () => (await import('./commands/reload.ts')).reloadCommand,
  breaker: async () => (await import('./commands/breaker.ts')).breakerCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  statusline: async () => (await import('./commands/statusline.ts')).statuslineCommand,
  prices: async () => (await import('./commands/prices.ts')).pricesCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  loopback: async () => (await import('./commands/loopback.ts')).loopbackCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  version: async () => (await import('./commands/version.ts')).versionCommand,
};

/** The short help: every command once, those for one purpose on one line. */
const overview: readonly (readonly [names: string, summary: string])[] = [
  ['start, stop, restart', 'run the proxy, stop it, start it again'],
  ['env', 'print exports that point clients here'],
  ['top, status, health', 'watch a running proxy; what it has done; how it is'],
  ['statusline', 'the same in one line, for Claude Code'],
  ['logs, why', 'finished requests, and how one came to be answered'],
  ['cost, prices', 'what requests cost and saved, and the prices for it'],
  ['budget, keys, breaker', 'what may be spent, access keys, circuit breakers'],
  ['config, reload', 'show, check or create the configuration; read it again'],
  ['bench, doctor', 'prove the targets on this machine; find what is wrong'],
  ['loopback, version', 'the built-in fake provider alone; what this is'],
];

const examples = `
Examples:
  $ tokenpak start --demo            see it work: no key, no network
  $ tokenpak start                   listen on http://127.0.0.1:8766
  $ eval "$(tokenpak env)"           point the clients of this shell at it
  $ tokenpak help logs               every option of a command`;

type Variables = NonNullable<CommandContext['startedWith']>;

/**
 * Runs one command line and sets the process's exit code.
 *
 * @param startedWith what variables were that have been set anew for the libraries
 */
export async function main(args: readonly string[], startedWith: Variables = {}): Promise<void> {
  const terminal = createTerminal();
  try {
    const line = asksVersion(args) ? ['version'] : args;
    const program = await createProgram(line, { terminal, startedWith });
    if (line.length === 0) program.outputHelp();
    else await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, terminal);
  }
}

/** The form that most programs have for it. */
const asksVersion = (args: readonly string[]): boolean => args.length === 1 && ['--version', '-V'].includes(args[0]!);

/** The command tree. Only the commands that the line names bring their options; the others stand by name. */
export async function createProgram(
  args: readonly string[],
  { terminal, startedWith }: { readonly terminal: Terminal; readonly startedWith: Variables },
): Promise<Command> {
  const program = new Command(product.name)
    .description('A local proxy for LLM APIs: forwards every byte, counts tokens and money.')
    .usage('<command> [options]')
    .option('--config <file>', 'configuration file (TOKENPAK_CONFIG)')
    .option('--home <dir>', 'a directory for configuration and state (TOKENPAK_HOME)')
    .addOption(new Option('--no-color', 'no colours, as NO_COLOR').hideHelp())
    .addHelpOption(new Option('-h, --help').hideHelp())
    .configureHelp({ visibleCommands: (command) => [...command.commands], visibleOptions })
    .addHelpText('after', examples)
    .showHelpAfterError(`  try    ${product.name} --help`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text) => terminal.error(text.trimEnd().replace(/^error: /u, '')),
    });
  const context: CommandContext = { terminal, startedWith, globals: () => program.opts() };
  for (const [name, load] of Object.entries(commands)) {
    const command = args.includes(name) ? (await load())(context) : new Command(name);
    inherit(command, program);
    program.addCommand(command);
  }
  program.helpInformation = () => shortHelp(program);
  return program;
}

function shortHelp(program: Command): string {
  const help = program.createHelp();
  const rows = visibleOptions(program).map((option) => [option.flags, option.description] as const);
  const width = Math.max(...[...overview, ...rows].map(([term]) => term.length)) + 2;
  const block = (title: string, list: typeof overview): string[] => [
    `${title}:`,
    ...list.map(([term, description]) => `  ${term.padEnd(width)}${description}`),
  ];
  return [
    `Usage: ${help.commandUsage(program)}`,
    program.description(),
    '',
    ...block('Commands', overview),
    ...block('Options', rows),
    '',
  ].join('\n');
}

/** In help, what stands before any command is listed with each one's own: it may stand behind as well. */
function visibleOptions(command: Command): Option[] {
  const inherited = command.parent === null ? [] : visibleOptions(command.parent);
  return [...command.options.filter((option) => !option.hidden), ...inherited];
}

/** Commands are made apart from the tree: what the tree does with output and errors has to be handed down. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

function report(error: unknown, terminal: Terminal): number {
  // Commander has written what it had to say; anything but help is wrong usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CommandError) {
    if (error.message !== '') terminal.error(error.message);
    return error.exitCode;
  }
  if (error instanceof ConfigError) {
    terminal.error(
      `the configuration has ${error.problems.length === 1 ? 'a problem' : `${error.problems.length} problems`}`,
    );
    for (const problem of error.problems) terminal.note(`  ${problemText(problem)}`);
    return exitCodes.configuration;
  }
  const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.error(createRedactor([])(unexpected));
  return exitCodes.internal;
}
