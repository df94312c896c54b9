import { Command } from 'commander';
import { judge } from '../../bench/judge/judge.ts';
import type { ProofContext, ProofOptions } from '../../bench/proof/proof-options.ts';
import type { ProofReport } from '../../bench/proof/proof-report.ts';
import { resolvePaths } from '../../proxy/config/index.ts';
import { benchHelp } from '../bench-help.ts';
import { addBenchOptions, type BenchFlags, proofOptionsFrom } from '../bench-options.ts';
import { createBenchProgress } from '../bench-progress.ts';
import { readStandards } from '../bench-standards.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { product } from '../product.ts';
import { benchCompareCommand } from './bench-compare.ts';

type Prove = (options: ProofOptions, context: ProofContext) => Promise<ProofReport>;

const endings = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated, SIGHUP: exitCodes.terminated } as const;

/** Nothing of what measures is loaded for help, or for a slip. */
const loadProve = async (): Promise<Prove> => (await import('../../bench/proof/prove.ts')).prove;

/** @param load gives what measures; a test has its own. */
export function benchCommand(context: CommandContext, load: () => Promise<Prove> = loadProve): Command {
  const command = new Command('bench')
    .description('Prove the targets on this machine: no key, no network, a proxy of its own.')
    .addHelpText('after', benchHelp)
    .action((flags: BenchFlags) => bench(flags, context, load));
  command.helpInformation = () => `Usage: ${product.name} bench [options]\n\n${command.description()}\n`;
  return addBenchOptions(command).addCommand(benchCompareCommand(context));
}

async function bench(
  flags: BenchFlags,
  { terminal, globals }: CommandContext,
  load: () => Promise<Prove>,
): Promise<void> {
  const { stateDir } = resolvePaths({ env: process.env, ...globals() });
  const options = proofOptionsFrom(flags);
  const standards = readStandards(flags, stateDir);
  const { showReport } = await import('../bench-report.ts');
  const prove = await load();
  const report = judge(await measured({ options, limits: standards.targets, terminal, prove }), standards);
  showReport(report, flags, terminal, stateDir);
  if (report.verdict !== 'PASS') throw new CommandError(exitCodes.failed, '');
}

interface Measurement {
  readonly options: ProofOptions;
  readonly limits: ProofContext['limits'];
  readonly terminal: CommandContext['terminal'];
  readonly prove: Prove;
}

/** Measures, and says meanwhile how far it is; a signal ends it, with nothing left behind. */
async function measured({ options, limits, terminal, prove }: Measurement): Promise<ProofReport> {
  const progress = createBenchProgress(terminal, performance.now.bind(performance));
  const stopping = new AbortController();
  const listeners = Object.entries(endings).map(([signal, code]) => {
    const stop = (): void => stopping.abort(new CommandError(code, 'stopped: nothing was judged, and nothing is kept'));
    process.on(signal, stop);
    return () => process.off(signal, stop);
  });
  try {
    return await prove(options, { version: product.version, progress: progress.show, limits, signal: stopping.signal });
  } catch (error) {
    throw stopping.signal.aborted ? stopping.signal.reason : await asUsage(error);
  } finally {
    progress.end();
    for (const remove of listeners) remove();
  }
}

async function asUsage(error: unknown): Promise<unknown> {
  const { ProofError } = await import('../../bench/proof/settle-options.ts');
  return error instanceof ProofError ? new CommandError(exitCodes.usage, error.message, { cause: error }) : error;
}
