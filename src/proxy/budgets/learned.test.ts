import { describe, expect, it } from 'vitest';
import { createHistories, type ModelHistory } from './learned.ts';

function taught(times: number, sample: Parameters<ModelHistory['learn']>[0]): ModelHistory {
  const history = createHistories()('anthropic', 'm');
  for (let count = 0; count < times; count++) history.learn(sample);
  return history;
}

describe('what a model is taken to need', () => {
  it('is a token a byte and 4,096 of output before anything is known', () => {
    const history = taught(0, { bytes: 1, input: 1, output: 1 });
    expect(history.inputBound(1000)).toBe(1000);
    expect(history.usualOutput()).toBe(4096);
  });

  it('is half as much again as its worst request, once there were enough', () => {
    const history = taught(7, { bytes: 1000, input: 300, output: 10 });
    expect(history.inputBound(1000)).toBe(1000);
    history.learn({ bytes: 1000, input: 500, output: 10 });
    expect(history.inputBound(1000)).toBe(750);
  });

  it('is never less than a token for four bytes, nor more than one for each', () => {
    expect(taught(8, { bytes: 1000, input: 10, output: 1 }).inputBound(1000)).toBe(250);
    expect(taught(8, { bytes: 1000, input: 999, output: 1 }).inputBound(1000)).toBe(1000);
  });

  it('has room for what bodies only point at, as seen before', () => {
    const history = taught(8, { bytes: 1000, input: 400, output: 1 });
    history.learn({ bytes: 300, input: 1900, output: 1 });
    expect(history.inputBound(1000)).toBe(600 + 1600);
  });

  it('forgets its worst request after two generations', () => {
    const history = taught(8, { bytes: 1000, input: 900, output: 1 });
    for (let count = 0; count < 256; count++) history.learn({ bytes: 1000, input: 250, output: 1 });
    expect(history.inputBound(1000)).toBe(375);
  });

  it('is the longest of a hundred answers, within a fifth', () => {
    const history = taught(995, { bytes: 1000, input: 200, output: 1000 });
    for (let count = 0; count < 5; count++) history.learn({ bytes: 1000, input: 200, output: 50_000 });
    expect(history.usualOutput()).toBeGreaterThanOrEqual(1000);
    expect(history.usualOutput()).toBeLessThan(1200);
  });
});
