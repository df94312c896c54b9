/** `npm run bench:selfcheck`: whether the load of `tokenpak bench` measures what it says, on this machine. See docs/measuring.md. */
import { UsageError } from '../options.ts';
import { createChildren } from '../processes/children.ts';
import { chooseCores } from '../processes/cores.ts';
import { runMain } from '../run-main.ts';
import type { CheckResult } from './checks.ts';
import { runSelfCheck } from './run.ts';

const usage = 'npm run bench:selfcheck: takes no options; a run takes about 45 s';

function parseOptions(args: readonly string[]): object | null {
  const [first] = args;
  if (first === '--help' || first === '-h') return null;
  if (first !== undefined) throw new UsageError(`'${first}' is no option`);
  return {};
}

async function run(_: object, progress: (text: string) => void): Promise<number> {
  const children = createChildren();
  let failed = 0;
  const found = ({ name, found, passes }: CheckResult): void => {
    progress('');
    if (!passes) failed += 1;
    console.log(`${passes ? 'pass' : 'FAIL'}  ${name.padEnd(44)}  ${found}`);
  };
  try {
    await runSelfCheck({ children, cores: chooseCores(), progress }, found);
  } finally {
    children.end();
  }
  console.log(failed === 0 ? 'PASS' : `FAIL: ${failed} of 4`);
  return failed === 0 ? 0 : 1;
}

await runMain({ usage, parseOptions, run });
