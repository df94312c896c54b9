import type { RequestRow } from './state.ts';

/** Whether a request is shown. */
export interface Filter {
  matches(row: RequestRow): boolean;
}

type Test = (row: RequestRow) => boolean;
type Parsed = Test | { readonly problem: string };

const textFields: Readonly<Record<string, (row: RequestRow) => string | null>> = {
  model: (row) => row.model,
  agent: (row) => row.agent,
  project: (row) => row.project,
  session: (row) => row.session,
  key: (row) => row.key,
  provider: (row) => row.provider,
};

const numberFields: Readonly<Record<string, (row: RequestRow) => number | null>> = {
  status: (row) => row.status,
  cost: (row) => row.costUsd,
  dur: (row) => row.totalMs,
  ttfb: (row) => row.firstByteMs,
  tokens: allTokens,
};

const states: Readonly<Record<string, Test>> = {
  hit: (row) => row.cache?.startsWith('hit') ?? false,
  error: (row) => (row.status ?? 0) >= 400 || (row.outcome !== null && !harmless.has(row.outcome)),
  live: (row) => row.status === null,
};

/** Outcomes that are nobody's error. */
const harmless: ReadonlySet<string> = new Set(['ok', 'client_abort']);

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
  ':': (a, b) => a === b,
};

const word = /(?:[^\s"]|"[^"]*")+/gu;
const term = /^(?<field>[a-z]+)(?<operator>>=|<=|[><=:])(?<value>.*)$/isu;
const amount = /^\$?(?<digits>\d+(?:\.\d*)?|\.\d+)(?<unit>ms|[smkg]?)$/iu;

/** All tokens of a request, of whatever class; null where they are not known. */
export function allTokens({ tokens }: RequestRow): number | null {
  return tokens === null ? null : tokens.input + tokens.cache_read + tokens.cache_write + tokens.output;
}

/**
 * Reads `status>=400 model:opus -is:hit text`: every word must hold, `-` or `!` in front of one turns it round, and
 * quotes keep spaces. What cannot be read is said in a few words for the one who types.
 */
export function parseFilter(text: string): Filter | { readonly problem: string } {
  if ((text.match(/"/gu) ?? []).length % 2 === 1) return { problem: 'a quote is not closed' };
  const tests: Test[] = [];
  for (const typed of text.match(word) ?? []) {
    const negated = /^[-!]/u.test(typed);
    const plain = (negated ? typed.slice(1) : typed).replaceAll('"', '');
    if (plain === '') continue;
    const test = parseTerm(plain);
    if (typeof test !== 'function') return test;
    tests.push(negated ? (row) => !test(row) : test);
  }
  return { matches: (row) => tests.every((test) => test(row)) };
}

function parseTerm(text: string): Parsed {
  const { field, operator = '', value = '' } = term.exec(text)?.groups ?? {};
  if (field === undefined) return anywhere(text.toLowerCase());
  const name = field.toLowerCase();
  const read = own(numberFields, name);
  if (read !== undefined) return parseNumber(name, { operator, value, read });
  if (operator !== ':' && operator !== '=') return { problem: `${name} is no number to compare` };
  if (name === 'is') return own(states, value.toLowerCase()) ?? { problem: 'is: hit, error or live' };
  const foreign = own(textFields, name);
  if (foreign === undefined) return { problem: `no field is called ${name}` };
  return (row) => (foreign(row)?.toLowerCase() ?? '').includes(value.toLowerCase());
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

interface NumberTerm {
  readonly operator: string;
  readonly value: string;
  readonly read: (row: RequestRow) => number | null;
}

function parseNumber(name: string, { operator, value, read }: NumberTerm): Parsed {
  const compare = comparisons[operator]!;
  const family = name === 'status' ? /^[1-5](?=xx$)/iu.exec(value)?.[0] : undefined;
  if (family !== undefined) return (row) => compare(Math.floor((read(row) ?? 0) / 100), Number(family));
  const wanted = numberOf(value, name === 'dur' || name === 'ttfb');
  if (wanted === null) return { problem: `${name} needs a number` };
  return (row) => {
    const actual = read(row);
    return actual !== null && compare(actual, wanted);
  };
}

/** `10s`, `1.5m` or `300ms` in milliseconds, seconds where no unit is named; or `10k`, `2M`, `$0.05`. */
function numberOf(value: string, isTime: boolean): number | null {
  const { digits, unit } = amount.exec(value)?.groups ?? {};
  if (digits === undefined || unit === undefined) return null;
  const times: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, '': 1000 };
  const counts: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, '': 1 };
  const scale = (isTime ? times : counts)[unit.toLowerCase()];
  return scale === undefined ? null : Number(digits) * scale;
}

function anywhere(wanted: string): Test {
  return (row) =>
    [row.id, row.outcome, ...Object.values(textFields).map((read) => read(row))].some(
      (text) => text?.toLowerCase().includes(wanted) ?? false,
    );
}
