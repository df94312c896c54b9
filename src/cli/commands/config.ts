import { copyFileSync, constants, chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { ConfigError, createSecrets, type LoadedConfig, loadConfig, resolvePaths } from '../../proxy/config/index.ts';
import type { CommandContext, GlobalOptions } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { product } from '../product.ts';
import { settingLines, settingRows } from '../settings-lines.ts';
import type { Terminal } from '../terminal.ts';

interface Output {
  readonly json?: true;
  readonly origin?: true;
}

const template = fileURLToPath(new URL('../../../templates/tokenpak.yaml', import.meta.url));

export function configCommand({ terminal, globals }: CommandContext): Command {
  const config = new Command('config')
    .description('Show, check or create the configuration.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tokenpak config init\n  $ tokenpak config validate\n  $ tokenpak config show --origin',
    );
  config
    .command('show')
    .description('Every setting that counts; keys are never shown.')
    .option('--origin', 'where each value comes from')
    .option('--json', 'as JSON')
    .action(async (options: Output) => show(await load(globals()), options, terminal));
  config
    .command('validate')
    .description('Check it, and list everything that is wrong. Ends with 5 then.')
    .option('--json', 'as JSON')
    .action((options: Output) => validate(globals(), options, terminal));
  config
    .command('path')
    .description('Where everything lies.')
    .option('--json', 'as JSON')
    .action((options: Output) => showPaths(globals(), options, terminal));
  config
    .command('init')
    .description('Write a configuration file to begin with, if there is none.')
    .action(() => init(globals(), terminal));
  return config;
}

/** With a copy of the environment: keys are taken out of what is read. */
function load(flags: GlobalOptions): Promise<LoadedConfig> {
  const env = { ...process.env };
  return loadConfig({ env, flags, secrets: createSecrets(env), version: product.version, demo: false });
}

function show(loaded: LoadedConfig, { json, origin }: Output, terminal: Terminal): void {
  for (const warning of loaded.warnings) terminal.warn(warning);
  const rows = settingRows(loaded);
  if (json) {
    terminal.json({ version: 1, settings: origin ? rows : rows.map(({ key, value }) => ({ key, value })) });
  } else {
    for (const line of settingLines(rows, origin === true)) terminal.print(line);
  }
}

async function validate(flags: GlobalOptions, { json }: Output, terminal: Terminal): Promise<void> {
  const { configFile } = resolvePaths({ env: process.env, ...flags });
  try {
    const { warnings } = await load(flags);
    if (json) return terminal.json({ version: 1, valid: true, problems: [], warnings });
    for (const warning of warnings) terminal.warn(warning);
    terminal.print(`${configFile}: valid`);
  } catch (error) {
    if (!json || !(error instanceof ConfigError)) throw error;
    terminal.json({ version: 1, valid: false, problems: error.problems, warnings: [] });
    process.exitCode = exitCodes.configuration;
  }
}

function showPaths(flags: GlobalOptions, { json }: Output, terminal: Terminal): void {
  const { configFile, stateDir, dataDir, cacheDir, runtimeDir, logFile } = resolvePaths({ env: process.env, ...flags });
  const places = { config: configFile, state: stateDir, data: dataDir, cache: cacheDir, run: runtimeDir, log: logFile };
  if (json) return terminal.json({ version: 1, ...places });
  for (const [name, place] of Object.entries(places)) terminal.print(`${name.padEnd(8)}${place}`);
}

function init(flags: GlobalOptions, terminal: Terminal): void {
  const { configFile } = resolvePaths({ env: process.env, ...flags });
  try {
    mkdirSync(path.dirname(configFile), { recursive: true, mode: 0o700 });
    copyFileSync(template, configFile, constants.COPYFILE_EXCL);
    chmodSync(configFile, 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' ? `${configFile} is there already; it is left as it is` : `cannot write it: ${message}`;
    throw new CommandError(exitCodes.failed, why, { cause: error });
  }
  terminal.print(`${configFile}\n  check  tokenpak config validate`);
}
