import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { paintLine, type Style } from './cells.ts';
import { createPaint } from './palette.ts';

const styles: readonly Style[] = ['dim', 'strong', 'accent', 'good', 'warn', 'bad', 'inverse'];

it('paints with the sixteen colours that every terminal has, whatever more it can do', () => {
  const paint = createPaint(new Chalk({ level: 3 }));
  for (const style of styles)
    expect(paint('x', style).split('\u001B')).toEqual([
      '',
      expect.stringMatching(/^\[\d{1,2}mx$/u),
      expect.stringMatching(/^\[\d{2}m$/u),
    ]);
});

it('leaves texts as they are where colours are not wanted', () => {
  const paint = createPaint(new Chalk({ level: 0 }));
  expect(paintLine(['a', ['b', 'bad']], paint)).toBe('ab');
});
