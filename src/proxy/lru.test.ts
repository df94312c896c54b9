import { expect, it } from 'vitest';
import { Lru } from './lru.ts';

it('forgets what was least recently used, where a look is no use', () => {
  const lru = new Lru<string, number>(2);
  lru.set('a', 1);
  lru.set('b', 2);
  expect([lru.get('a'), lru.peek('b')]).toEqual([1, 2]);
  lru.set('c', 3);
  expect([lru.peek('a'), lru.peek('b'), lru.peek('c'), lru.size]).toEqual([1, undefined, 3, 2]);
  lru.delete('a');
  lru.set('c', 4);
  expect([lru.get('a'), lru.get('c'), lru.size]).toEqual([undefined, 4, 1]);
});
