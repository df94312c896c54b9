import { Argument, Command } from 'commander';
import {
  createKeys,
  nameOf,
  type NewKeys,
  readRegistry,
  registryPath,
  type Registry,
  revokeKeys,
  rotateKey,
} from '../../proxy/access-keys/registry/index.ts';
import { createSecrets, loadConfig, resolvePaths } from '../../proxy/config/index.ts';
import type { CommandContext, GlobalOptions } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { runningProxies } from '../instances.ts';
import { keyLines, keyRow } from '../key-lines.ts';
import { budgetOption, countOption, expiresOption, keyNameFrom, limitsOption, modelsOption } from '../key-options.ts';
import { durationOption } from '../options.ts';
import { product } from '../product.ts';
import { asCommandError, changeKeys, tellProxies } from '../registry.ts';

interface Named {
  readonly name?: string;
  readonly json?: true;
}

interface CreateOptions extends Named {
  readonly count: number;
  readonly expires?: number;
  readonly models?: readonly string[];
  readonly limits?: string;
  readonly budget?: readonly string[];
  readonly project?: string;
  readonly agent?: string;
}

interface RotateOptions extends Named {
  readonly grace?: number;
}

const examples = `
Examples:
  $ tokenpak keys create ci --models 'claude-*' --budget 20/day --expires 90d
  $ tokenpak keys create team --count 50 --limits requests=100/min,concurrent=5
  $ tokenpak keys rotate ci --grace 1h
  $ tokenpak keys revoke team-7`;

/** Access keys: what clients are given in the place of a provider's own key. */
export function keysCommand(context: CommandContext): Command {
  return new Command('keys')
    .description("Access keys: clients get one in the place of a provider's own key.")
    .addHelpText('after', examples)
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(revokeCommand(context));
}

function withName(command: Command): Command {
  return command
    .addArgument(new Argument('[name]', 'of the key').argParser(keyNameFrom))
    .option('--name <name>', 'the same', keyNameFrom)
    .option('--json', 'as JSON');
}

function createCommand({ terminal, globals }: CommandContext): Command {
  return withName(new Command('create'))
    .description('Make a key. It is shown this once; only its digest is kept.')
    .addOption(limitsOption())
    .addOption(budgetOption())
    .addOption(modelsOption())
    .addOption(expiresOption())
    .option('--project <name>', 'the project that its requests count for')
    .option('--agent <name>', 'the agent that its requests count for')
    .addOption(countOption())
    .addHelpText('after', grammars)
    .action((name: string | undefined, options: CreateOptions) => create(name, options, { terminal, globals }));
}

const grammars = `
Limits: requests=100/s,tokens=400000/min,concurrent=5,burst=200,shadow=true
Budgets, by request, session, day, month: 20/day  tokens:1000000/day,mode=soft`;

async function create(
  name: string | undefined,
  options: CreateOptions,
  { terminal, globals }: CommandContext,
): Promise<void> {
  const { count, expires, models = null, limits = null, budget = [], project = null, agent = null, json } = options;
  const wanted: NewKeys = {
    ...{ name: givenName(name, options), count, models, limits, budgets: budget, project, agent },
    expires: expires === undefined ? null : new Date(expires).toISOString(),
  };
  const { keys } = await changeKeys(globals(), (registry) => createKeys(registry, wanted, Date.now()));
  if (json) {
    terminal.json({ version: 1, keys: keys.map((key, index) => ({ name: nameOf(wanted, index), key })) });
  } else {
    for (const key of keys) terminal.print(key);
    terminal.note(await howToUse(globals(), count));
  }
  await tellProxies(globals());
}

async function howToUse(flags: GlobalOptions, count: number): Promise<string> {
  const { runtimeDir } = resolvePaths({ env: process.env, ...flags });
  const [running] = await runningProxies(runtimeDir);
  const url = running?.baseUrl ?? 'http://127.0.0.1:8766';
  return [
    count === 1 ? '  This is shown once. Use it as' : '  These are shown once. Use each as',
    '    the API key of any client (Authorization: Bearer, x-api-key, x-goog-api-key, ?key=),',
    `    x-tokenpak-key, beside a provider's own key, or`,
    `    a part of the base URL: ANTHROPIC_BASE_URL=${url}/ak/KEY`,
  ].join('\n');
}

function listCommand({ terminal, globals }: CommandContext): Command {
  return new Command('list')
    .description('Every key by name; the keys themselves are nowhere.')
    .option('--json', 'as JSON')
    .action(async ({ json }: Named) => {
      const { dataDir } = resolvePaths({ env: process.env, ...globals() });
      const { keys } = await readRegistry(registryPath(dataDir)).catch((error: unknown) => {
        throw asCommandError(error);
      });
      const mode = await modeOf(globals());
      const rows = keys.map((entry) => keyRow(entry, Date.now()));
      if (json) return terminal.json({ version: 1, mode, keys: rows });
      if (rows.length > 0) for (const line of keyLines(rows)) terminal.print(line);
      else terminal.note('there are no keys\n  try    tokenpak keys create');
      terminal.note(`requests without a key are ${mode === 'required' ? 'refused' : 'let in'} (keys: ${mode})`);
    });
}

/** As the configuration has it. With a copy of the environment: keys are taken out of what is read. */
async function modeOf(flags: GlobalOptions): Promise<'optional' | 'required'> {
  const env = { ...process.env };
  const sources = { env, flags, secrets: createSecrets(env), version: product.version, demo: false };
  return (await loadConfig(sources)).config.keys;
}

function rotateCommand({ terminal, globals }: CommandContext): Command {
  return withName(new Command('rotate'))
    .description('Make a new key in the place of one: same name, same settings.')
    .addOption(durationOption('--grace <time>', 'how long the old key still works, such as 1h (default: not at all)'))
    .action(async (argument: string | undefined, options: RotateOptions) => {
      const name = givenName(argument, options);
      const rotation = { graceMs: options.grace ?? 0, now: Date.now() };
      const { keys } = await changeKeys(globals(), (registry) => rotateKey(registry, name, rotation));
      const [key = ''] = keys;
      if (options.json) terminal.json({ version: 1, keys: [{ name, key }] });
      else terminal.print(key);
      await tellProxies(globals());
    });
}

function revokeCommand({ terminal, globals }: CommandContext): Command {
  return withName(new Command('revoke'))
    .description('Take a key out of use, or all that were made under a name.')
    .action(async (argument: string | undefined, options: Named) => {
      const name = givenName(argument, options);
      await changeKeys(globals(), (registry: Registry) => ({ registry: revokeKeys(registry, name, Date.now()) }));
      await tellProxies(globals());
      if (options.json) terminal.json({ version: 1, revoked: name });
      else terminal.print(`${name} is revoked`);
    });
}

function givenName(argument: string | undefined, { name }: Named): string {
  const given = argument ?? name;
  if (given !== undefined && (name === undefined || name === given)) return given;
  throw new CommandError(exitCodes.usage, given === undefined ? 'expected the name of a key' : 'expected one name');
}
