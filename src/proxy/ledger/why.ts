import type { RequestRecord } from '../record.ts';
import { chargesMember, chargesOf } from '../spending.ts';

/**
 * What a line says of how a request came to be answered, or refused, as it was; '' where nothing of the user's had a
 * part in it. `budgets` are the accounts that it is charged to, so that they can be added up again.
 */
export function whyMember(record: RequestRecord): string {
  const { route, limits, budgets } = record;
  if (route === null && limits.length === 0 && budgets.length === 0) return '';
  const members =
    (route === null ? '' : `,"route":${JSON.stringify(route)}`) +
    (limits.length === 0 ? '' : `,"limits":${JSON.stringify(limits)}`) +
    (budgets.length === 0 ? '' : `,"reservations":${JSON.stringify(budgets.map(reservation))}`) +
    chargesMember('budgets', chargesOf(record));
  return `,"why":{${members.slice(1)}}`;
}

function reservation({
  budget,
  subject,
  unit,
  mode,
  verdict,
  reserved,
  left,
}: RequestRecord['budgets'][number]): object {
  return { budget, subject, unit, mode, verdict, reserved, left };
}
