import { expect, it } from 'vitest';
import { printableName } from './printable-name.ts';

it.each([
  ['claude-haiku-4-5', 'claude-haiku-4-5'],
  ['modèle 😀', 'modèle 😀'],
  ['a\u001b[31m\nb\u202e\ud800', 'a[31mb'],
  [`x tpk_${'k'.repeat(43)}`, 'x tpk_…'],
])('of %j is shown as %j', (name, shown) => expect(printableName(name)).toBe(shown));

it('is cut where it is longer than a name', () => expect(printableName('x'.repeat(1000))).toHaveLength(256));
