import { expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

it('takes even colours out of foreign text', () => {
  expect(plainText('\u001B[8mhidden\u001B[0m')).toBe('[8mhidden[0m');
  expect(plainText('Grüße, 世界 👋')).toBe('Grüße, 世界 👋');
});

it('takes out halves of characters, which a terminal would show as something else', () => {
  expect(plainText('a\uD83Db👋')).toBe('ab👋');
});
