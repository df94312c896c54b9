import { isObject, type JsonObject } from '../json.ts';
import { jsonText as text } from '../json-text.ts';
import type { BudgetFacts, LimitFacts, RequestRecord, RouteFacts } from '../record.ts';
import { chargesMember, chargesOf } from '../spending.ts';

/** How a request came to be answered, or refused, as it was. */
export interface Why {
  readonly route: JsonObject | null;
  readonly limits: readonly JsonObject[];
  readonly reservations: readonly JsonObject[];
}

// Every request pays for these: facts are lists of values, in the order of these names, and put together by hand.
const candidateNames = ['provider', 'model', 'breaker', 'isCooling', 'verdict'];
const limitNames = ['limit', 'subject', 'verdict', 'retryAfterMs'];
const reservationNames = ['budget', 'subject', 'unit', 'mode', 'verdict', 'reserved', 'left'];

/**
 * What a line says of how a request came to be answered; '' where nothing of the user's had a part in it. `budgets` are
 * the accounts that it is charged to, so that they can be added up again.
 */
export function whyMember(record: RequestRecord): string {
  const { route, limits, budgets } = record;
  if (route === null && limits.length === 0 && budgets.length === 0) return '';
  const members =
    (route === null ? '' : routeMember(route)) +
    (limits.length === 0 ? '' : `,"limits":[${limits.map(limitJson).join(',')}]`) +
    (budgets.length === 0 ? '' : `,"reservations":[${budgets.map(reservationJson).join(',')}]`) +
    chargesMember('budgets', chargesOf(record));
  return `,"why":{${members.slice(1)}}`;
}

function routeMember({ rule, choose, sticky, candidates }: RouteFacts): string {
  const list = candidates.map(candidateJson).join(',');
  return `,"route":{"rule":${text(rule)},"choose":${text(choose)},"sticky":${sticky},"candidates":[${list}]}`;
}

function candidateJson({ provider, model, breaker, isCooling, verdict }: RouteFacts['candidates'][number]): string {
  return `[${text(provider)},${text(model)},"${breaker}",${isCooling},"${verdict}"]`;
}

function limitJson({ limit, subject, verdict, retryAfterMs }: LimitFacts): string {
  return `[${text(limit)},${text(subject)},"${verdict}",${Math.round(retryAfterMs)}]`;
}

function reservationJson({ budget, subject, unit, mode, verdict, reserved, left }: BudgetFacts): string {
  return `[${text(budget)},${text(subject)},"${unit}","${mode}","${verdict}",${reserved},${left}]`;
}

/** Reads it back, with names; null where the line says nothing. */
export function whyFrom(member: unknown): Why | null {
  if (!isObject(member)) return null;
  const { route, limits, reservations } = member;
  return {
    route: isObject(route) ? { ...route, candidates: named(route['candidates'], candidateNames) } : null,
    limits: named(limits, limitNames),
    reservations: named(reservations, reservationNames),
  };
}

function named(lists: unknown, names: readonly string[]): JsonObject[] {
  if (!Array.isArray(lists)) return [];
  return (lists as unknown[]).filter(Array.isArray).map((values: unknown[]) => {
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  });
}
