import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Metric, ProofReport, SlaResult, SlaVerdict } from '../proof/proof-report.ts';
import { type Limit, holds, limitFrom, limitWithUnit, missedBy } from './limit.ts';
import { readJson } from './read-json.ts';

/** What a figure is held to, by name. */
export interface SlaTarget {
  readonly id: string;
  readonly name: string;
  readonly metric: string;
  readonly unit: string;
  readonly pass: Limit;
  /** Bad enough to find out why. */
  readonly investigate: Limit | null;
  /** Bad enough to fail; null: whatever does not pass fails. */
  readonly fail: Limit | null;
}

/** The targets that tokenpak is shipped with: those of the seed documents, by their ids. */
export const shippedSla = fileURLToPath(new URL('../../../templates/sla.json', import.meta.url));

const limit = z.string().transform((text, context) => {
  const read = limitFrom(text);
  if (read === null) context.addIssue({ code: 'custom', message: `expected a limit such as "< 20", not "${text}"` });
  return read ?? z.NEVER;
});

const units = ['ms', '/s', 'MB', 'share', 'ratio', 'count'] as const;

const slaFile = z.strictObject({
  version: z.literal(1),
  targets: z
    .array(
      z
        .strictObject({
          id: z.string().min(1),
          name: z.string().min(1),
          metric: z.string().regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)*$/u, 'expected a name such as overhead.p99'),
          unit: z.enum(units),
          pass: limit,
          investigate: limit.optional(),
          fail: limit.optional(),
        })
        .transform((target) => ({ ...target, investigate: target.investigate ?? null, fail: target.fail ?? null })),
    )
    .min(1),
});

/**
 * Reads the targets of a run.
 *
 * @throws InputError that names the line of each problem.
 */
export function readSla(file: string): readonly SlaTarget[] {
  return readJson(file, 'a list of targets', slaFile).targets;
}

/** The targets, judged one by one. */
export function judgeSla(targets: readonly SlaTarget[], report: ProofReport): SlaResult[] {
  return targets.map((target) => {
    const { id, name, metric, unit, pass } = target;
    const measured = report.metrics[metric];
    return { id, name, metric, target: limitWithUnit(pass, unit), unit, ...judged(target, measured, report.notes) };
  });
}

type Judged = Pick<SlaResult, 'value' | 'interval' | 'verdict' | 'reason'>;

function judged(target: SlaTarget, measured: Metric | undefined, notes: readonly string[]): Judged {
  if (measured === undefined || !Number.isFinite(measured.value)) return unmeasured(target.metric, notes);
  const { value, interval } = measured;
  if (measured.unit !== target.unit) {
    const reason = `measured in ${measured.unit}, and the target is in ${target.unit}`;
    return { value, interval, verdict: 'fail', reason };
  }
  const verdict = gradeOf(target, value);
  return { value, interval, verdict, reason: verdict === 'pass' ? null : missedBy(target.pass, value, target.unit) };
}

/**
 * S2's three grades. What misses its target without being bad enough to fail is to be looked at, also where it has not
 * reached the limit from which S2 asks for that: it did not pass.
 */
function gradeOf({ pass, investigate, fail }: SlaTarget, value: number): SlaVerdict {
  if (holds(pass, value)) return 'pass';
  if (fail !== null) return holds(fail, value) ? 'fail' : 'investigate';
  return investigate === null ? 'fail' : 'investigate';
}

/** A report says in its notes, by name, what does not exist yet or cannot be done on this machine. */
function unmeasured(metric: string, notes: readonly string[]): Judged {
  const words = (metric.split('.')[0] ?? '').split('_').filter((word) => word !== 'scenario');
  const note = notes.find((text) => /not available/iu.test(text) && mentions(text, words));
  const nothing = { value: null, interval: null };
  if (note !== undefined) return { ...nothing, verdict: 'not available', reason: note };
  return { ...nothing, verdict: 'not measured', reason: `this run has no ${metric}` };
}

function mentions(text: string, words: readonly string[]): boolean {
  const named = new Set(text.toLowerCase().match(/[a-z0-9]+/gu));
  return words.length > 0 && words.every((word) => named.has(word));
}
