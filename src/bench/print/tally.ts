import type { JudgedReport, SlaResult, SlaVerdict } from '../proof/proof-report.ts';

/** Targets that this run can say something about, in the order of their file, and those that it cannot, by their ids. */
export interface Tally {
  readonly judged: readonly SlaResult[];
  readonly notMeasured: readonly string[];
  readonly notAvailable: readonly string[];
}

export function tallyOf({ sla }: Pick<JudgedReport, 'sla'>): Tally {
  return {
    judged: sla.filter(({ verdict }) => verdict !== 'not measured' && verdict !== 'not available'),
    notMeasured: idsWith(sla, 'not measured'),
    notAvailable: idsWith(sla, 'not available'),
  };
}

/** Where only a part of what an id asks for has this verdict, that part is named: `S0-5 (messages.error_rate)`. */
function idsWith(sla: readonly SlaResult[], verdict: SlaVerdict): string[] {
  const ids = new Set(sla.filter((result) => result.verdict === verdict).map(({ id }) => id));
  return [...ids].map((id) => {
    const ofId = sla.filter((result) => result.id === id);
    const metrics = ofId.filter((result) => result.verdict === verdict).map(({ metric }) => metric);
    return metrics.length === ofId.length ? id : `${id} (${metrics.join(', ')})`;
  });
}

/** `24 of 25 targets, 1 to investigate, 1 of 2 conditions`. */
export function tallyText(report: JudgedReport): string {
  const { judged } = tallyOf(report);
  const count = (list: readonly { readonly verdict: string }[], verdict: string): number =>
    list.filter((result) => result.verdict === verdict).length;
  const looks = count(judged, 'investigate');
  const compared = report.baseline?.results ?? [];
  const parts = [
    `${count(judged, 'pass')} of ${judged.length} targets`,
    looks === 0 ? '' : `${looks} to investigate`,
    partOf(report.conditions, 'conditions'),
    partOf(compared, 'figures of the baseline'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function partOf(results: readonly { readonly verdict: string }[], name: string): string {
  if (results.length === 0) return '';
  return `${results.filter(({ verdict }) => verdict === 'pass').length} of ${results.length} ${name}`;
}

/** What is not among the targets that were judged, a sentence for each reason. */
export function leftOutText({ notMeasured, notAvailable }: Tally): string[] {
  return [
    ...(notMeasured.length === 0 ? [] : [`not measured by this run: ${notMeasured.join(', ')}`]),
    ...(notAvailable.length === 0 ? [] : [`not available: ${notAvailable.join(', ')} (see the notes)`]),
  ];
}
