import type { BilledLine, Reading } from '../reading.ts';
import type { Tokens } from '../usage.ts';

/** Tokens that were not told, estimated. */
export interface Estimate {
  readonly input: number;
  readonly output: number;
}

/**
 * A reading with what the provider did not tell filled in: all of it, or only the output of a stream that was cut behind
 * its first usage.
 */
export function filledIn(reading: Reading | null, { input, output }: Estimate): Reading {
  const first = reading?.lines[0];
  if (!reading || !first) return { ...guess, lines: [lineOf({ ...none, input, output }, input)] };
  // What was told of the output by then is the least that it can be.
  const tokens = { ...first.tokens, output: Math.max(first.tokens.output, output) };
  return { ...reading, lines: [{ ...first, tokens }, ...reading.lines.slice(1)] };
}

const none: Tokens = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };

const guess: Omit<Reading, 'lines'> = {
  mode: null,
  geo: null,
  webSearches: 0,
  fileSearches: 0,
  final: false,
  doubt: 'estimated',
  unpriced: null,
  raw: null,
};

function lineOf(tokens: Tokens, promptTokens: number): BilledLine {
  return { model: null, tokens, promptTokens, audioInput: 0 };
}
