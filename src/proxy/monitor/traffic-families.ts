import { family, labels } from './exposition.ts';
import { metricFamilies as families } from './metric-families.ts';

/** What is counted where requests are held back or sent elsewhere; read at the moment of asking. */
export interface TrafficNumbers {
  /** By provider. */
  readonly circuits: Readonly<Record<string, CircuitNumbers>>;
  /** By the limit's name: how many requests it let pass, refused, or would have refused. */
  readonly limits: ReadonlyMap<string, Readonly<Record<'passed' | 'refused' | 'shadow', number>>>;
  readonly budgets: readonly BudgetNumbers[];
}

/** Amounts are dollars, or tokens, as `unit` says. */
interface BudgetNumbers {
  readonly name: string;
  readonly unit: string;
  readonly mode: string;
  readonly limit: number;
  readonly spent: number;
  readonly refused: number;
  readonly would_refuse: number;
  readonly overshot: number;
  /** The fullest first. */
  readonly accounts: readonly { readonly used: number }[];
}

interface CircuitNumbers {
  readonly state: CircuitState;
  /** Those of its models that are not closed. */
  readonly models: Readonly<Record<string, CircuitState>>;
  readonly transitions: readonly {
    readonly scope: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly count: number;
  }[];
  readonly rejected: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly probes: Readonly<Record<string, number>>;
  readonly slow: number;
  readonly openSeconds: number;
}

type CircuitState = keyof typeof stateNumbers;

const stateNumbers = { closed: 0, half_open: 1, open: 2, forced_open: 3, forced_closed: 3 };

export function trafficFamilies({ circuits, limits, budgets }: TrafficNumbers): string[] {
  return [...circuitFamilies(Object.entries(circuits)), limitFamily(limits), ...budgetFamilies(budgets)];
}

function budgetFamilies(budgets: readonly BudgetNumbers[]): string[] {
  const amounts = (value: (numbers: BudgetNumbers) => number): [string, number][] =>
    budgets.map((numbers) => [labels({ budget: numbers.name, unit: numbers.unit }), value(numbers)]);
  const counts = (value: (numbers: BudgetNumbers) => number): [string, number][] =>
    budgets.map((numbers) => [labels({ budget: numbers.name, mode: numbers.mode }), value(numbers)]);
  return [
    family(
      families.budgetLimit,
      amounts(({ limit }) => limit),
    ),
    family(
      families.budgetSpent,
      amounts(({ spent }) => spent),
    ),
    family(
      families.budgetUsed,
      budgets.map(({ name: budget, accounts }) => [labels({ budget }), accounts[0]?.used ?? 0]),
    ),
    family(
      families.budgetRefused,
      counts(({ refused }) => refused),
    ),
    family(
      families.budgetWouldRefuse,
      counts(({ would_refuse: wouldRefuse }) => wouldRefuse),
    ),
    family(
      families.budgetOvershot,
      counts(({ overshot }) => overshot),
    ),
  ];
}

function limitFamily(limits: TrafficNumbers['limits']): string {
  const samples = [...limits].flatMap(([limit, counts]) =>
    Object.entries(counts).map(([verdict, count]) => [labels({ limit, verdict }), count] as const),
  );
  return family(families.rateLimitChecked, samples);
}

function circuitFamilies(circuits: readonly (readonly [string, CircuitNumbers])[]): string[] {
  const each = (value: (numbers: CircuitNumbers) => number): [string, number][] =>
    circuits.map(([provider, numbers]) => [labels({ provider }), value(numbers)]);
  const by = (label: string, counts: (numbers: CircuitNumbers) => Readonly<Record<string, number>>) =>
    circuits.flatMap(([provider, numbers]) =>
      Object.entries(counts(numbers)).map(([name, n]) => [labels({ provider, [label]: name }), n] as const),
    );
  return [
    family(
      families.circuitState,
      circuits.flatMap(([provider, { state, models }]) =>
        Object.entries({ '': state, ...models }).map(
          ([model, of]) => [labels({ provider, model }), stateNumbers[of]] as const,
        ),
      ),
    ),
    family(
      families.circuitTransitions,
      circuits.flatMap(([provider, { transitions }]) =>
        transitions.map(({ count, ...change }) => [labels({ provider, ...change }), count] as const),
      ),
    ),
    family(
      families.circuitRejected,
      each(({ rejected }) => rejected),
    ),
    family(
      families.circuitFailures,
      by('class', ({ failures }) => failures),
    ),
    family(
      families.circuitProbes,
      by('result', ({ probes }) => probes),
    ),
    family(
      families.circuitSlow,
      each(({ slow }) => slow),
    ),
    family(
      families.circuitOpenSeconds,
      each(({ openSeconds }) => openSeconds),
    ),
  ];
}
