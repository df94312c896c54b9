import { Command, InvalidArgumentError, Option } from 'commander';
import type { BudgetReport } from '../../proxy/budgets/index.ts';
import type { BudgetChange } from '../../proxy/change.ts';
import { createSecrets, loadConfig, type ProxyConfig, resolvePaths } from '../../proxy/config/index.ts';
import { askProxy } from '../ask-proxy.ts';
import { budgetLines } from '../budget-lines.ts';
import { changeProxy } from '../change-proxy.ts';
import type { CommandContext, GlobalOptions } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { findProxy, type RunningProxy } from '../instances.ts';
import { keyNameFrom } from '../key-options.ts';
import { portOption } from '../options.ts';
import { proxyToken, tokenName } from '../proxy-token.ts';
import { product } from '../product.ts';
import { asCommandError, lockClock } from '../registry.ts';
import { budgetModes, budgetScopes, budgetWindows } from '../../proxy/quota.ts';

interface CommonOptions {
  readonly port?: number;
  readonly json?: true;
}

interface SetOptions extends CommonOptions {
  readonly usd?: number;
  readonly tokens?: number;
  readonly per: string;
  readonly match?: string;
  readonly window: string;
  readonly mode: string;
  readonly maxOutput?: number;
  readonly unpriced?: string;
}

interface AccountOptions extends CommonOptions {
  readonly subject?: string;
}

const timeoutMs = 3000;
const examples =
  '\nExamples:\n  $ tokenpak budget set day --usd 20 --window day\n  $ tokenpak budget allow day --once 2';

export function budgetCommand(context: CommandContext): Command {
  const budget = new Command('budget')
    .description('What may be spent, and what is left of it.')
    .addHelpText('after', examples);
  budget
    .command('list')
    .description('How each budget stands, or stood at the last save.')
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .action((options: CommonOptions) => list(context, options));
  addSet(budget, context);
  budget
    .command('remove <name>')
    .description('Take away a budget that a command made.')
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .action((name: string, options: CommonOptions) =>
      change(context, { kind: 'budget-remove', name }, { ...options, done: `the budget ${name} is gone` }),
    );
  addAccountCommands(budget, context);
  return budget;
}

function addSet(budget: Command, context: CommandContext): void {
  budget
    .command('set')
    .argument('<name>', 'of the budget', keyNameFrom)
    .description('Make a budget, or change one. It is kept.')
    .addOption(amountOption('--usd <n>', 'dollars by list prices'))
    .addOption(amountOption('--tokens <n>', 'tokens of every class'))
    .addOption(new Option('--per <what>', 'whose money it is').choices(budgetScopes).default('all'))
    .option('--match <glob>', 'only for names like this')
    .addOption(new Option('--window <time>', 'for what time it is').choices(budgetWindows).default('day'))
    .addOption(new Option('--mode <mode>', 'what happens beyond it').choices(budgetModes).default('hard'))
    .addOption(amountOption('--max-output <n>', 'the output limit for requests that name none'))
    .addOption(new Option('--unpriced <what>', 'requests of unknown price').choices(['refuse', 'allow']))
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .action((name: string, { port, json, ...wanted }: SetOptions) => {
      if ((wanted.usd === undefined) === (wanted.tokens === undefined)) {
        throw new CommandError(exitCodes.usage, 'expected --usd or --tokens, one of them');
      }
      const done = `the budget ${name} is set`;
      const how = { ...(port !== undefined && { port }), ...(json && { json }), done };
      return change(context, { kind: 'budget-set', budget: { name, ...wanted } }, how);
    });
}

function addAccountCommands(budget: Command, context: CommandContext): void {
  const subject = 'one project, session, …; without it, all that have spent';
  budget
    .command('allow <name>')
    .description('Allow more, once, in the window that it is now.')
    .addOption(amountOption('--once <n>', 'dollars, or tokens for a budget of tokens').makeOptionMandatory())
    .option('--subject <name>', subject)
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .action((name: string, { once, subject: of, ...options }: AccountOptions & { readonly once: number }) => {
      const done = `the budget ${name} allows ${once} more, once`;
      return change(context, { kind: 'budget-allow', name, subject: of ?? null, once }, { ...options, done });
    });
  budget
    .command('reset <name>')
    .description('Forget what was spent in the window that it is now.')
    .option('--subject <name>', subject)
    .addOption(portOption('which proxy, when several run'))
    .option('--json', 'as JSON')
    .action((name: string, { subject: of, ...options }: AccountOptions) => {
      const done = `the budget ${name} begins anew`;
      return change(context, { kind: 'budget-reset', name, subject: of ?? null }, { ...options, done });
    });
}

function amountOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    const amount = /^\d+(\.\d+)?$/u.test(text) ? Number(text) : 0;
    if (amount > 0) return amount;
    throw new InvalidArgumentError('Expected a number of more than 0.');
  });
}

async function list({ terminal, globals }: CommandContext, { port, json }: CommonOptions): Promise<void> {
  const proxy = await running(globals(), port);
  const budgets = proxy ? await askBudgets(proxy) : await atRest(await configuration(globals()));
  if (json) return terminal.json({ version: 1, running: proxy !== null, budgets });
  if (budgets.length === 0) return terminal.print('no budgets; tokenpak budget set --help shows how to make one');
  for (const line of budgetLines(budgets)) terminal.print(line);
}

async function askBudgets({ baseUrl, file }: RunningProxy): Promise<readonly BudgetReport[]> {
  const answer = await askProxy(`${baseUrl}/stats`, { timeoutMs, token: proxyToken(file) });
  if (answer?.status === 401)
    throw new CommandError(exitCodes.failed, `${baseUrl} wants its token: set ${tokenName(file)}`);
  if (answer?.status !== 200) throw new CommandError(exitCodes.failed, `the proxy does not answer at ${baseUrl}`);
  return answer.body.budgets as readonly BudgetReport[];
}

async function atRest(config: ProxyConfig): Promise<readonly BudgetReport[]> {
  const { budgetsAtRest } = await import('../../proxy/saved-budgets.ts');
  return budgetsAtRest(config);
}

async function change(
  { terminal, globals }: CommandContext,
  wanted: BudgetChange,
  { port, json, done }: CommonOptions & { readonly done: string },
): Promise<void> {
  const proxy = await running(globals(), port);
  if (wanted.kind === 'budget-set' || wanted.kind === 'budget-remove') {
    const config = await configuration(globals());
    const name = wanted.kind === 'budget-remove' ? wanted.name : (wanted.budget as { readonly name: string }).name;
    if (config.budgets.some((rule) => rule.name === name)) {
      const where = `the budget ${name} stands in ${config.paths.configFile}; it can be changed only there`;
      throw new CommandError(exitCodes.usage, where);
    }
    if (!proxy) await changeFile(config, wanted);
  }
  if (proxy) await changeProxy(proxy, 'POST /budget', wanted);
  // It says itself that none is running, and how to start one.
  else if (wanted.kind === 'budget-allow' || wanted.kind === 'budget-reset')
    await findProxy(runtimeDir(globals()), port);
  if (json) terminal.json({ version: 1, changed: true });
  else terminal.print(done);
}

async function changeFile(
  config: ProxyConfig,
  wanted: Extract<BudgetChange, { kind: 'budget-set' | 'budget-remove' }>,
): Promise<void> {
  const { changeAtRest } = await import('../../proxy/saved-budgets.ts');
  const problem = await changeAtRest(config, wanted, lockClock).catch((error: unknown) => {
    throw asCommandError(error);
  });
  if (problem !== null) throw new CommandError(exitCodes.failed, problem);
}

async function running(options: GlobalOptions, port: number | undefined): Promise<RunningProxy | null> {
  try {
    return await findProxy(runtimeDir(options), port);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === exitCodes.noProxy) return null;
    throw error;
  }
}

function runtimeDir(options: GlobalOptions): string {
  return resolvePaths({ env: process.env, ...options }).runtimeDir;
}

/** With a copy of the environment: keys are taken out of what is read. */
async function configuration(flags: GlobalOptions): Promise<ProxyConfig> {
  const env = { ...process.env };
  return (await loadConfig({ env, flags, secrets: createSecrets(env), version: product.version, demo: false })).config;
}
