import { describe, expect, it } from 'vitest';
import { changesDelivery, directiveHelp, directivesOfHeader, directivesOfModel, directiveTable } from './directives.ts';

describe("directives in a model's name", () => {
  it('are words joined by dashes, with their numbers', () => {
    expect(directivesOfModel('loopback-delay200-tokens50-tps100-thinking-tool-cache')).toEqual({
      delay: 200,
      tokens: 50,
      tps: 100,
      thinking: 8,
      tool: 1,
      cache: true,
    });
  });

  it('may be two words, or hold digits themselves', () => {
    const model = 'loopback-reset-before-cachewrite1h500-cachewrite15-stall-mid-tools2-cut4';
    expect(directivesOfModel(model)).toEqual({
      'reset-before': true,
      cachewrite1h: 500,
      cachewrite: 15,
      'stall-mid': true,
      tools: 2,
      cut: 4,
    });
  });

  it('may have their number behind a dash', () => {
    expect(directivesOfModel('loopback-status-529-tool-tokens-5')).toEqual({ status: 529, tool: 1, tokens: 5 });
  });

  it('leave other words and other models alone', () => {
    expect(directivesOfModel('loopback-fast-20260101-model')).toEqual({});
    expect(directivesOfModel('gpt-tool-stall')).toEqual({});
    expect(directivesOfModel('loopback-delay')).toEqual({});
  });
});

describe('directives in the header', () => {
  it('are pairs, and texts may hold dashes', () => {
    expect(directivesOfHeader('model=gpt-5.2-2026; tier=priority;stall ; status=529')).toEqual({
      model: 'gpt-5.2-2026',
      tier: 'priority',
      stall: true,
      status: 529,
    });
    expect(directivesOfHeader('')).toEqual({});
    expect(directivesOfHeader('cut4;thinking')).toEqual({ cut: 4, thinking: 8 });
  });

  it.each([
    ['nonsense=1', /knows no "nonsense"; it knows tokens, /],
    ['delay=soon', /delay takes number up to \d+, not "soon"/],
    ['delay', /delay takes number/],
    ['tokens=999999999', /tokens takes number up to 200000/],
    ['stall=yes', /stall takes nothing, not "yes"/],
    ['tier', /tier takes text, not ""/],
  ])('are refused where they do not fit the vocabulary: %s', (header, message) => {
    expect(() => directivesOfHeader(header)).toThrow(message);
  });
});

it('tells what changes the delivery from what changes the reply', () => {
  expect(changesDelivery(directivesOfModel('loopback-tokens5-cache'))).toBe(false);
  expect(changesDelivery(directivesOfModel('loopback-tokens5-tps10'))).toBe(true);
});

it('explains each directive on a line of its own', () => {
  const lines = directiveHelp().split('\n');
  expect(lines).toHaveLength(Object.keys(directiveTable).length);
  expect(lines.find((line) => line.startsWith('cut'))).toMatch(/^cut<N>\s+resets the connection .* \(3 where none/);
});
