import { isObject, type JsonObject } from '../json.ts';
import { jsonText as text } from '../json-text.ts';
import type { LimitFacts, RequestRecord, RouteFacts } from '../record.ts';
import { budgetsMember } from '../spending.ts';

/** How a request came to be answered, or refused, as it was. */
export interface Why {
  readonly route: JsonObject | null;
  readonly limits: readonly JsonObject[];
  readonly reservations: readonly JsonObject[];
}

// Every request pays for these: facts are lists of values, in the order of these names, and put together by hand.
const candidateNames = ['provider', 'model', 'breaker', 'isCooling', 'verdict'];
const limitNames = ['limit', 'subject', 'verdict', 'retryAfterMs'];
const budgetNames = ['account', 'subject', 'window', 'charged', 'mode', 'verdict', 'reserved', 'left'];

/** What a line says of how a request came to be answered; '' where nothing of the user's had a part in it. */
export function whyMember(record: RequestRecord): string {
  const { route, limits, budgets } = record;
  if (route === null && limits.length === 0 && budgets.length === 0) return '';
  const members =
    (route === null ? '' : (route.ledgerJson ??= routeMember(route))) + limitsMember(limits) + budgetsMember(record);
  return `,"why":{${members.slice(1)}}`;
}

function routeMember({ rule, choose, sticky, candidates }: RouteFacts): string {
  let list = '';
  for (const { provider, model, breaker, isCooling, verdict } of candidates) {
    list += `${list === '' ? '' : ','}[${text(provider)},${text(model)},"${breaker}",${isCooling},"${verdict}"]`;
  }
  return `,"route":{"rule":${text(rule)},"choose":${text(choose)},"sticky":${sticky},"candidates":[${list}]}`;
}

function limitsMember(limits: readonly LimitFacts[]): string {
  if (limits.length === 0) return '';
  let list = '';
  for (const facts of limits) list += (list === '' ? '' : ',') + (facts.ledgerJson ??= limitJson(facts));
  return `,"limits":[${list}]`;
}

function limitJson({ limit, subject, verdict, retryAfterMs }: LimitFacts): string {
  return `[${text(limit)},${text(subject)},"${verdict}",${Math.round(retryAfterMs)}]`;
}

/** Reads it back, with names; null where the line says nothing. */
export function whyFrom(member: unknown): Why | null {
  if (!isObject(member)) return null;
  const { route, limits, budgets } = member;
  return {
    route: isObject(route) ? { ...route, candidates: named(route['candidates'], candidateNames) } : null,
    limits: named(limits, limitNames),
    reservations: named(budgets, budgetNames).map(reservation),
  };
}

function named(lists: unknown, names: readonly string[]): JsonObject[] {
  if (!Array.isArray(lists)) return [];
  return (lists as unknown[]).filter(Array.isArray).map((values: unknown[]) => {
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  });
}

/** An account's name is that of its budget, whose subjects it has, in what and how long it counts. */
function reservation({ account, subject, mode, verdict, reserved, left }: JsonObject): JsonObject {
  const [, budget, unit] = /^(.*) \S+ (\S+) \S+$/s.exec(String(account)) ?? [];
  return { budget, subject, unit, mode, verdict, reserved, left };
}
