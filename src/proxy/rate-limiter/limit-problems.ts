/** Something wrong with a limit: the key of it that says so, and what was expected there. */
export interface LimitProblem {
  readonly index: number;
  readonly key: string | null;
  readonly expected: string;
}

const nameExpectation = 'a name of at most 64 printable characters';
const patternExpectation =
  'a pattern of at most 128 printable characters, in which * is any text and ? one character; brackets and braces mean nothing';

/** What is wrong with limits beyond their shape. @param limits as they stand in the file, not yet checked */
export function limitProblems(limits: readonly Readonly<Record<string, unknown>>[]): LimitProblem[] {
  const named = new Set<unknown>();
  return limits.flatMap((limit, index) => {
    const problems = ruleProblems(limit).map((problem) => ({ index, ...problem }));
    if (typeof limit.name === 'string' && named.has(limit.name)) {
      problems.push({ index, key: 'name', expected: 'a name that no other limit has' });
    }
    named.add(limit.name);
    return problems;
  });
}

function ruleProblems(limit: Readonly<Record<string, unknown>>): Omit<LimitProblem, 'index'>[] {
  const { per, match, requests, tokens, concurrent, burst, name } = limit;
  const problems: Omit<LimitProblem, 'index'>[] = [];
  const unless = (isRight: boolean, key: string | null, expected: string): void => {
    if (!isRight) problems.push({ key, expected });
  };
  const isSet = (value: unknown): boolean => value !== undefined && value !== null;
  unless([requests, tokens, concurrent].some(isSet), null, 'at least one of requests, tokens and concurrent');
  const isBurst = isSet(burst) && isSet(concurrent) && !isSet(requests) && !isSet(tokens);
  unless(!isBurst, 'burst', 'no burst, since neither requests nor tokens are limited');
  if (typeof name === 'string')
    unless(/^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(name), 'name', nameExpectation);
  if (typeof match === 'string') {
    unless(/^[^\p{Cc}\p{Cf}\p{Cs}[\]{}]{1,128}$/u.test(match) && match.trim() === match, 'match', patternExpectation);
    unless(per !== 'all', 'match', 'no pattern, since all are counted together');
  }
  return problems;
}
