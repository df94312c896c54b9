import { Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Check } from '../doctor/check.ts';
import { checkTable } from '../doctor/checks/index.ts';
import { slaRun } from '../doctor/checks/sla-run.ts';
import { doctorContext, type SharedContext } from '../doctor/doctor-context.ts';
import { doctorLines } from '../doctor/doctor-lines.ts';
import { doctorJson, endOf } from '../doctor/doctor-report.ts';
import { applyFixes } from '../doctor/fixes.ts';
import { type CheckResult, chosenChecks, runChecks } from '../doctor/run-checks.ts';
import { sizeOf } from '../../tui/device.ts';

interface DoctorOptions {
  readonly json?: true;
  readonly strict?: true;
  readonly offline?: true;
  readonly fix?: true;
  readonly sla?: true;
  readonly verbose?: true;
}

/** Of lines that go to no terminal. */
const usualWidthCells = 100;

export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('Find what is wrong on this machine, and what to do about it. Ends with 1 for a failure.')
    .argument('[names...]', 'only these checks, or groups of them')
    .addOption(new Option('--fix', 'mend what tokenpak has written, after asking').conflicts('json'))
    .option('--strict', 'end with 1 for a warning as well')
    .option('--offline', 'ask nothing beyond this machine')
    .option('--sla', 'measure as well: tokenpak bench --quick, half a minute')
    .option('-v, --verbose', 'every check, with what it took')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tokenpak doctor\n  $ tokenpak doctor --fix\n  $ tokenpak doctor network port.free -v',
    )
    .action((names: string[], options: DoctorOptions) => doctor(names, options, context));
}

async function doctor(names: readonly string[], options: DoctorOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const all = [...checkTable.map(({ check }) => check), ...(options.sla || names.includes(slaRun.id) ? [slaRun] : [])];
  const checks = chosenChecks(names, all);
  const shared = await doctorContext({
    env: { ...process.env, ...context.startedWith },
    globals: context.globals(),
    isOffline: options.offline === true,
    screen: terminal.device === null ? null : sizeOf(terminal.device.output),
  });
  let results = await runChecks(checks, shared);
  report(results, options, context);
  if (!options.fix) return;
  const mended = await applyFixes(results, terminal);
  if (mended.length === 0) return;
  results = await checkedAgain(results, { ids: mended, checks, shared });
  report(results, options, context);
}

function report(results: readonly CheckResult[], options: DoctorOptions, { terminal }: CommandContext): void {
  const end = endOf(results, options.strict === true);
  process.exitCode = end.exitCode;
  if (options.json) return terminal.json(doctorJson(results, end));
  const { device, color } = terminal;
  const widthCells = device === null ? usualWidthCells : sizeOf(device.output).columns;
  for (const line of doctorLines(results, { end, color, widthCells, all: options.verbose === true })) {
    terminal.print(line);
  }
}

interface Again {
  readonly ids: readonly string[];
  readonly checks: readonly Check[];
  readonly shared: SharedContext;
}

/** What was mended is believed only once its check says so. */
async function checkedAgain(results: readonly CheckResult[], { ids, checks, shared }: Again): Promise<CheckResult[]> {
  const fresh = await runChecks(
    checks.filter(({ id }) => ids.includes(id)),
    shared,
  );
  return results.map((result) => fresh.find(({ id }) => id === result.id) ?? result);
}
