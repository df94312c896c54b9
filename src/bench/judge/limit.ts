import { change, figureWithUnit } from '../print/figures.ts';

const operators = ['<', '<=', '>', '>='] as const;

/** What a figure is held to. */
export interface Limit {
  readonly operator: (typeof operators)[number];
  readonly value: number;
}

const limitText = /^\s*(<=?|>=?)\s*(\d+(?:\.\d+)?)\s*$/u;

/** Reads `< 15`, `>= 0.95`; null for anything else. */
export function limitFrom(text: string): Limit | null {
  const [, sign, number] = limitText.exec(text) ?? [];
  const operator = operators.find((known) => known === sign);
  return operator === undefined ? null : { operator, value: Number(number) };
}

export function holds({ operator, value: limit }: Limit, value: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

/** `< 20 ms`. */
export function limitWithUnit({ operator, value }: Limit, unit: string): string {
  return `${operator} ${figureWithUnit(value, unit)}`;
}

/** By how much a figure misses its limit: `3.20 ms over, +16.0%`. */
export function missedBy({ operator, value: limit }: Limit, value: number, unit: string): string {
  const difference = figureWithUnit(Math.abs(value - limit), unit);
  const share = limit === 0 ? '' : `, ${change((value - limit) / limit)}`;
  if (value === limit) return 'the limit itself, and no better';
  return `${difference} ${operator.startsWith('<') ? 'over' : 'short'}${share}`;
}
