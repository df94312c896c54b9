import type { Call } from '../exchange.ts';
import { globMatcher } from '../glob.ts';
import { headerOf } from '../raw-headers.ts';
import type { AttemptCause } from '../record.ts';
import { dayTimeFrom, isWithin } from './day-time.ts';
import {
  causesOf,
  targetOf,
  type Choose,
  type MatchOptions,
  type RouteOptions,
  type TargetOptions,
} from './route-options.ts';

/** A route with everything worked out that does not change from request to request. */
export interface Rule {
  /** As `routes[0]`: it stands in records. */
  readonly name: string | null;
  readonly fits: (call: Call) => boolean;
  readonly targets: readonly TargetOptions[];
  readonly choose: Choose;
  readonly failoverOn: ReadonlySet<AttemptCause>;
  /** Milliseconds; null: as configured for all. */
  readonly firstTokenMs: number | null;
  readonly isSticky: boolean;
}

/** @param wall Unix milliseconds */
export function prepareRules(routes: readonly RouteOptions[], wall: () => number): readonly Rule[] {
  return routes.map((route, index) => ({
    name: `routes[${index}]`,
    fits: matcher(route.match, wall),
    targets: route.targets.map(targetOf),
    choose: route.choose,
    failoverOn: causesOf(route.failoverOn),
    firstTokenMs: route.firstTokenMs ?? null,
    isSticky: route.sticky === 'session',
  }));
}

type Test = (call: Call) => boolean;

function matcher(match: MatchOptions, wall: () => number): Test {
  const tests = [...nameTests(match), ...bodyTests(match), ...timeTests(match, wall)];
  return (call) => tests.every((test) => test(call));
}

function nameTests({ model, dialect, intent, key, project, header }: MatchOptions): Test[] {
  const tests: Test[] = [];
  const glob = (pattern: string | undefined, of: (call: Call) => string | null): void => {
    if (pattern === undefined) return;
    const matches = globMatcher(pattern);
    tests.push((call) => {
      const text = of(call);
      return text !== null && matches(text);
    });
  };
  if (dialect !== undefined) tests.push((call) => call.dialect === dialect);
  if (intent !== undefined) tests.push((call) => call.record.intent.kind === intent);
  glob(model, (call) => call.model);
  glob(key, (call) => call.record.caller.key);
  glob(project, (call) => call.record.caller.project);
  for (const [name, pattern] of Object.entries(header ?? {})) {
    const lowerCase = name.toLowerCase();
    glob(pattern, (call) => headerOf(call.headers, lowerCase));
  }
  return tests;
}

function bodyTests({ minBodyBytes, maxBodyBytes }: MatchOptions): Test[] {
  if (minBodyBytes === undefined && maxBodyBytes === undefined) return [];
  const [min, max] = [minBodyBytes ?? 0, maxBodyBytes ?? Infinity];
  return [
    ({ body }) => {
      const length = body.kind === 'bytes' ? body.bytes.length : body.kind === 'stream' ? body.length : 0;
      return length !== null && length >= min && length <= max;
    },
  ];
}

function timeTests({ time }: MatchOptions, wall: () => number): Test[] {
  const within = time === undefined ? null : dayTimeFrom(time);
  return within === null ? [] : [() => isWithin(within, wall())];
}

/** For a request that no rule decides, to a provider with several keys: only these are gone through. */
export function ruleOfKeys(provider: string): Rule {
  return {
    name: null,
    fits: () => true,
    targets: [{ provider, model: null, weight: 1 }],
    choose: 'order',
    failoverOn: keysOnly,
    firstTokenMs: null,
    isSticky: false,
  };
}

const keysOnly: ReadonlySet<AttemptCause> = new Set(['429', 'quota']);
