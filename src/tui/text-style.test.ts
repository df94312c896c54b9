import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainStyle, restyled, styleChange } from './text-style.ts';

const parameters = fc
  .array(fc.constantFrom('0', '', '1', '2', '22', '3', '4', '24', '4:3', '7', '27', '31', '39', '42', '97', '38;5;9'), {
    maxLength: 4,
  })
  .map((codes) => codes.join(';'));

it('leads from any style to any other', () => {
  fc.assert(
    fc.property(parameters, parameters, (first, second) => {
      const [from, to] = [restyled(plainStyle, first), restyled(plainStyle, second)];
      const change = styleChange(from, to);
      expect(change === '' ? from : restyled(from, change.slice(2, -1))).toHaveProperty('codes', to.codes);
    }),
  );
});

it.each([
  ['31', '32', '\u001B[32m'],
  ['31', '0', '\u001B[m'],
  ['1;31', '31', '\u001B[22m'],
  ['1;2', '2', '\u001B[0;2m'],
  ['31', '31;1', '\u001B[1m'],
  ['31', '38;5;31', '\u001B[38;5;31m'],
])('leads from %s to %s in few bytes', (from, to, change) => {
  expect(styleChange(restyled(plainStyle, from), restyled(plainStyle, to))).toBe(change);
});

it.each(['38', '38;5', '48;2;1;2', '99'])('makes nothing of the broken %s', (code) => {
  expect(restyled(plainStyle, code).codes.size).toBe(0);
});

it('forgets colours when there are too many, and goes on', () => {
  for (let color = 0; color < 2000; color++) restyled(plainStyle, `38;2;${color % 256};${color >> 8};0`);
  const [red, green] = [restyled(plainStyle, '31'), restyled(plainStyle, '32')];
  expect(styleChange(red, green)).toBe('\u001B[32m');
  expect(restyled(red, '0') === plainStyle).toBe(true);
});
