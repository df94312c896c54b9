import { describe, expect, it } from 'vitest';
import { closest } from './suggestion.ts';

const keys = ['port', 'host', 'expose', 'allowedHosts'];

describe('the suggestion for a misspelt word', () => {
  it.each([
    ['prot', 'port'],
    ['prt', 'port'],
    ['HOST', 'host'],
    ['hosts', 'host'],
    ['alowedHost', 'allowedHosts'],
    ['exposed', 'expose'],
  ])('of %s is %s', (word, meant) => {
    expect(closest(word, keys)).toBe(meant);
  });

  it.each(['x', 'colour', '', 'a'.repeat(100_000)])('is none where nothing is close', (word) => {
    expect(closest(word, keys)).toBeNull();
  });

  it('is none where there is nothing to suggest', () => {
    expect(closest('port', [])).toBeNull();
  });
});
