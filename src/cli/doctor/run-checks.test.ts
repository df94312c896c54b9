import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { madeContext } from '../../../test/support/doctor-context.ts';
import { CommandError } from '../exit-codes.ts';
import type { Check } from './check.ts';
import { ok, warn } from './finding.ts';
import { chosenChecks, runChecks } from './run-checks.ts';

const check = (id: string, run: Check['run'], more: Partial<Check> = {}): Check => ({
  ...{ id, group: 'runtime', run },
  ...more,
});

describe('checks', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('run at once, and are told in the order of the table', async () => {
    const begun: string[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const waits = async (name: string): Promise<ReturnType<typeof ok>> => {
      begun.push(name);
      if (begun.length === 2) open();
      await gate;
      return ok(name);
    };
    const results = await runChecks([check('a', () => waits('a')), check('b', () => waits('b'))], madeContext());
    expect(results.map(({ id, summary }) => [id, summary])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });

  it.each([
    [
      'at once',
      () => {
        throw new Error('no\u001B[2J such\nthing');
      },
    ],
    ['later', () => Promise.reject(new Error('no\u001B[2J such\nthing'))],
  ] as const)('that throw %s are skipped, with the error in one harmless line', async (_, run) => {
    const [result, other] = await runChecks([check('a', run), check('b', () => ok('fine'))], madeContext());
    expect(result).toMatchObject({ id: 'a', status: 'skip', fix: null });
    expect(result?.summary).toMatch(/^could not be checked: no\S* such ?thing$/u);
    expect(result?.summary).not.toContain('\u001B');
    expect(result?.detail).not.toBeNull();
    expect(other).toMatchObject({ status: 'ok' });
  });

  it.each([
    [undefined, 2000],
    [500, 500],
  ])('with a limit of %s ms are skipped after %i ms, and told to end', async (limitMs, expectedMs) => {
    const told: boolean[] = [];
    const hangs = check(
      'slow',
      ({ signal }) => {
        signal.addEventListener('abort', () => told.push(true));
        return new Promise<never>(() => undefined);
      },
      limitMs === undefined ? {} : { limitMs },
    );
    const results = runChecks([hangs], madeContext());
    await vi.advanceTimersByTimeAsync(expectedMs - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await results).toMatchObject([
      { status: 'skip', summary: `not known: it took more than ${expectedMs / 1000} s` },
    ]);
    expect(told).toEqual([true]);
  });

  it('have commands of ours look where this one was told to look', async () => {
    const commands = [
      'tokenpak start --port 1',
      'eval "$(tokenpak env)"',
      'a && tokenpak stop',
      'which -a tokenpak',
      "mv '/tokenpak data' b",
    ];
    const globals = { home: "/it's", config: '/c.yaml' };
    const [result] = await runChecks([check('a', () => warn('a', 'why', commands))], madeContext({ globals }));
    const flags = String.raw`--home '/it'\''s' --config '/c.yaml'`;
    expect(result?.fix?.commands).toEqual([
      `tokenpak ${flags} start --port 1`,
      `eval "$(tokenpak ${flags} env)"`,
      `a && tokenpak ${flags} stop`,
      ...commands.slice(3),
    ]);
  });

  it('that have found their answer are told to end as well, and leave no timer behind', async () => {
    let signal: AbortSignal | null = null;
    await runChecks(
      [
        check('a', (context) => {
          signal = context.signal;
          return ok('done');
        }),
      ],
      madeContext(),
    );
    expect(signal).toMatchObject({ aborted: true });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('names', () => {
  const checks = [
    check('node.version', () => ok('')),
    check('port.free', () => ok(''), { group: 'network' }),
    check('tls.ca', () => ok(''), { group: 'network' }),
  ];
  const idsOf = (names: readonly string[]): string[] => chosenChecks(names, checks).map(({ id }) => id);

  it('choose checks and groups, each once, in the order of the table', () => {
    expect(idsOf([])).toEqual(['node.version', 'port.free', 'tls.ca']);
    expect(idsOf(['tls.ca', 'network', 'node.version'])).toEqual(['node.version', 'port.free', 'tls.ca']);
    expect(idsOf(['network'])).toEqual(['port.free', 'tls.ca']);
    expect(idsOf(['clients'])).toEqual([]);
  });

  it.each([
    ['netwrok', 'did you mean network?'],
    ['tls.cert', 'the groups are runtime, install,'],
  ])('that are none are refused: %s', (name, message) => {
    expect(() => idsOf([name])).toThrow(message);
    expect(() => idsOf([name])).toThrow(CommandError);
  });
});
