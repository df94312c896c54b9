import { expect, it } from 'vitest';
import { readStageFacts } from './stage-facts.ts';

const histogram = (name: string, labels: string, counts: readonly number[]): string => {
  const bounds = ['0.001', '0.002', '0.004', '+Inf'];
  const comma = labels === '' ? '' : ',';
  return counts.map((count, n) => `${name}_bucket{${labels}${comma}le="${bounds[n]}"} ${count}\n`).join('');
};

it('reads the median along a straight line within its bucket', () => {
  const text = histogram('tokenpak_proxy_stage_duration_seconds', 'stage="budgets"', [0, 10, 10, 10]);
  expect(readStageFacts(text)).toEqual([{ stage: 'budgets', count: 10, p50Ms: 1.5, p99Ms: 1.99 }]);
});

it('says no more than the last bound of what lies beyond it', () => {
  const text = histogram('tokenpak_proxy_stage_duration_seconds', 'stage="upstream"', [0, 0, 0, 4]);
  expect(readStageFacts(text)[0]).toMatchObject({ count: 4, p50Ms: 4, p99Ms: 4 });
});

it('names what has a histogram of its own, and leaves out what nothing passed', () => {
  const text =
    histogram('tokenpak_proxy_auth_duration_seconds', '', [1, 1, 1, 1]) +
    histogram('tokenpak_proxy_directive_resolve_duration_seconds', '', [0, 0, 0, 0]) +
    histogram('somebody_elses_seconds', '', [1, 1, 1, 1]);
  expect(readStageFacts(text).map(({ stage }) => stage)).toEqual(['access key']);
});

it('keeps the stages apart', () => {
  const name = 'tokenpak_proxy_stage_duration_seconds';
  const text = histogram(name, 'stage="a"', [2, 2, 2, 2]) + histogram(name, 'stage="b"', [0, 3, 3, 3]);
  expect(readStageFacts(text).map(({ stage, count }) => [stage, count])).toEqual([
    ['a', 2],
    ['b', 3],
  ]);
});
