import { describe, expect, it } from 'vitest';
import { type DemoRequest, demoRequests, randomNumbers } from './demo-requests.ts';

function take(seed: number, amount: number): DemoRequest[] {
  const requests = demoRequests(seed);
  return Array.from({ length: amount }, () => requests.next().value);
}

describe("the demonstration's requests", () => {
  it('follow from the seed', () => {
    expect(take(7, 50)).toEqual(take(7, 50));
    expect(take(7, 50)).not.toEqual(take(8, 50));
  });

  it('show everything: four dialects, two models, streams, tools, cache reads and errors', () => {
    const all = take(1, 400);
    const share = (pattern: RegExp): number =>
      all.filter((request) => pattern.test(JSON.stringify(request))).length / all.length;
    for (const path of [
      '/v1/messages',
      '/v1/chat/completions',
      '/v1/responses',
      ':generateContent',
      ':streamGenerateContent',
    ]) {
      expect(all.some((request) => request.path.includes(path))).toBe(true);
    }
    expect(share(/loopback-fast/u)).toBeGreaterThan(0.2);
    expect(share(/weather/u)).toBeGreaterThan(0.15);
    expect(share(/cacheread=[1-9]/u)).toBeGreaterThan(0.5);
    expect(share(/status=|cut=/u)).toBeGreaterThan(0.01);
    expect(share(/status=|cut=/u)).toBeLessThan(0.1);
  });
});

describe('random numbers', () => {
  it('are spread evenly from 0 up to 1', () => {
    const random = randomNumbers(3);
    const numbers = Array.from({ length: 10_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
  });
});
