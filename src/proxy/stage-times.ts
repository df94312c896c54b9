import type { RequestRecord } from './record.ts';

/**
 * Milliseconds that the stage at an index of `record.stages` took until it handed the request on; the last one, until
 * the request was sent to a provider or, where it never was, until the end.
 */
export function stageMs({ stages, marks }: Pick<RequestRecord, 'stages' | 'marks'>, index: number): number {
  const entered = stages[index]!.at;
  const next = stages[index + 1]?.at ?? (marks.sent >= entered ? marks.sent : marks.ended);
  return Math.max(0, next - entered);
}
