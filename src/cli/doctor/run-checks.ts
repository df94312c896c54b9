import path from 'node:path';
import { closest } from '../../proxy/config/suggestion.ts';
import { oneLine } from '../../tui/cells.ts';
import type { GlobalOptions } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { quotedForShell } from '../shell-syntax.ts';
import { type Check, type Finding, type GroupName, groups } from './check.ts';
import type { SharedContext } from './doctor-context.ts';

/** What a check has found, and how long it took. */
export interface CheckResult extends Finding {
  readonly id: string;
  readonly group: GroupName;
  readonly ms: number;
}

const usualLimitMs = 2000;

/** Runs all of them at once. The results stand in the order of the checks. */
export function runChecks(checks: readonly Check[], context: SharedContext): Promise<CheckResult[]> {
  return Promise.all(checks.map((check) => runCheck(check, context)));
}

/** A check that throws, or takes too long, says nothing of the machine: it is a `skip` that is shown. */
async function runCheck(check: Check, context: SharedContext): Promise<CheckResult> {
  const { id, group, limitMs = usualLimitMs } = check;
  const startedMs = performance.now();
  const finding = await limited(check, context, limitMs).catch((error: unknown) =>
    unknown(`could not be checked: ${oneLine(error instanceof Error ? error.message : String(error))}`),
  );
  const { fix } = finding;
  const commands = fix?.commands.map((command) => withGlobals(command, context.globals)) ?? [];
  return {
    id,
    group,
    ...finding,
    fix: fix && { ...fix, commands },
    ms: Math.round((performance.now() - startedMs) * 10) / 10,
  };
}

/** Our own commands have to look where this one was told to look. */
function withGlobals(command: string, { home, config }: GlobalOptions): string {
  const flag = (name: string, value: string | undefined): string =>
    value === undefined ? '' : ` --${name} ${quotedForShell(path.resolve(value))}`;
  const flags = flag('home', home) + flag('config', config);
  return command.replaceAll(/(?<=^|&& |\$\()tokenpak(?= [a-z])/gu, () => `tokenpak${flags}`);
}

async function limited(check: Check, context: SharedContext, limitMs: number): Promise<Finding> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`not known: it took more than ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([late, (async () => check.run({ ...context, signal: ending.signal }))()]);
  } finally {
    clearTimeout(timer);
    // Also what a check has left behind that found its answer.
    ending.abort();
  }
}

function unknown(summary: string): Finding {
  return { status: 'skip', summary, detail: 'Whether it is as it should be cannot be told.', fix: null };
}

/**
 * The checks that are named, by id or by group; all where none is.
 *
 * @throws CommandError for a name that is none, with the one that was probably meant.
 */
export function chosenChecks(names: readonly string[], checks: readonly Check[]): readonly Check[] {
  if (names.length === 0) return checks;
  const known = [...checks.map(({ id }) => id), ...groups];
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = closest(name, known);
    const instead = meant === null ? `the groups are ${groups.join(', ')}` : `did you mean ${meant}?`;
    throw new CommandError(exitCodes.usage, `no check or group is called '${oneLine(name)}'; ${instead}`);
  }
  return checks.filter(({ id, group }) => names.includes(id) || names.includes(group));
}
