import { jsonText as text } from '../json-text.ts';
import type { BudgetFacts, LimitFacts, RequestRecord, RouteFacts } from '../record.ts';
import { chargesMember, chargesOf } from '../spending.ts';

/**
 * What a line says of how a request came to be answered, or refused, as it was; '' where nothing of the user's had a
 * part in it. `budgets` are the accounts that it is charged to, so that they can be added up again. Templates rather
 * than JSON.stringify, since every request pays for it.
 */
export function whyMember(record: RequestRecord): string {
  const { route, limits, budgets } = record;
  if (route === null && limits.length === 0 && budgets.length === 0) return '';
  const members =
    (route === null ? '' : `,"route":${routeJson(route)}`) +
    listMember('limits', limits, limitJson) +
    listMember('reservations', budgets, reservationJson) +
    chargesMember('budgets', chargesOf(record));
  return `,"why":{${members.slice(1)}}`;
}

function listMember<Fact>(name: string, facts: readonly Fact[], jsonOf: (fact: Fact) => string): string {
  if (facts.length === 0) return '';
  let json = '';
  for (const fact of facts) json += json === '' ? jsonOf(fact) : `,${jsonOf(fact)}`;
  return `,"${name}":[${json}]`;
}

function routeJson({ rule, choose, sticky, candidates }: RouteFacts): string {
  const list = listMember('candidates', candidates, candidateJson);
  return `{"rule":${text(rule)},"choose":${text(choose)},"sticky":${sticky}${list}}`;
}

function candidateJson({ provider, model, breaker, isCooling, verdict }: RouteFacts['candidates'][number]): string {
  return `{"provider":${text(provider)},"model":${text(model)},"breaker":"${breaker}","isCooling":${isCooling},"verdict":"${verdict}"}`;
}

function limitJson({ limit, subject, verdict, retryAfterMs }: LimitFacts): string {
  return `{"limit":${text(limit)},"subject":${text(subject)},"verdict":"${verdict}","retryAfterMs":${Math.round(retryAfterMs)}}`;
}

function reservationJson({ budget, subject, unit, mode, verdict, reserved, left }: BudgetFacts): string {
  return (
    `{"budget":${text(budget)},"subject":${text(subject)},"unit":"${unit}","mode":"${mode}","verdict":"${verdict}"` +
    `,"reserved":${reserved},"left":${left}}`
  );
}
