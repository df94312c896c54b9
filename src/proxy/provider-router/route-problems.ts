import { isObject } from '../json.ts';
import { dayTimeExpectation, dayTimeFrom } from './day-time.ts';

/** What is wrong with a value, and where. */
export interface RouteProblem {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/**
 * What the schema cannot see in routes: names of providers, times, weights that decide nothing. What the schema refuses
 * by itself is left out.
 * @param providers by name: what they speak; null where that is not known
 */
export function routeProblems(
  routes: unknown,
  providers: ReadonlyMap<string, readonly unknown[] | null>,
): RouteProblem[] {
  if (!Array.isArray(routes)) return [];
  return routes.flatMap((route: unknown, index) => {
    if (!isObject(route)) return [];
    const targets = Array.isArray(route['targets']) ? (route['targets'] as unknown[]) : [];
    const match = isObject(route['match']) ? route['match'] : {};
    return [
      ...targets.flatMap((target, place) =>
        targetProblems(target, { providers, match, chooses: route['choose'] }, place),
      ),
      ...dialectProblems(targets, match['dialect'], providers),
      ...matchProblems(match),
    ].map(({ path, expected }) => ({ path: [index, ...path], expected }));
  });
}

interface TargetContext {
  readonly providers: ReadonlyMap<string, readonly unknown[] | null>;
  readonly match: Readonly<Record<string, unknown>>;
  readonly chooses: unknown;
}

function targetProblems(target: unknown, { providers, chooses }: TargetContext, place: number): RouteProblem[] {
  const name = nameOf(target);
  const path = ['targets', place, ...(isObject(target) ? ['provider'] : [])];
  const problems: RouteProblem[] = [];
  if (typeof name === 'string' && !providers.has(name)) {
    problems.push({ path, expected: `a provider that is configured: ${[...providers.keys()].join(', ')}` });
  }
  if (isObject(target) && target['weight'] !== undefined && chooses !== 'weight') {
    problems.push({ path: ['targets', place, 'weight'], expected: 'no weight, unless the route says choose: weight' });
  }
  return problems;
}

function nameOf(target: unknown): unknown {
  return isObject(target) ? target['provider'] : target;
}

/** A rule for one dialect of which no target speaks it would refuse everything. */
function dialectProblems(
  targets: readonly unknown[],
  dialect: unknown,
  providers: TargetContext['providers'],
): RouteProblem[] {
  if (typeof dialect !== 'string' || targets.length === 0) return [];
  const isSpoken = targets.some((target) => {
    const name = nameOf(target);
    const spoken = typeof name === 'string' ? providers.get(name) : null;
    return !spoken || spoken.includes(dialect);
  });
  return isSpoken ? [] : [{ path: ['targets'], expected: `at least one provider that speaks ${dialect}` }];
}

function matchProblems(match: Readonly<Record<string, unknown>>): RouteProblem[] {
  const { time, minBodyBytes: min, maxBodyBytes: max } = match;
  const problems: RouteProblem[] = [];
  if (typeof time === 'string' && dayTimeFrom(time) === null) {
    problems.push({ path: ['match', 'time'], expected: dayTimeExpectation });
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    problems.push({ path: ['match', 'maxBodyBytes'], expected: `at least minBodyBytes, which is ${min}` });
  }
  return problems;
}
