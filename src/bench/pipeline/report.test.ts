import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';
import { pipelineReport } from './report.ts';
import type { PipelineRun } from './run.ts';
import { Samples } from './samples.ts';

const on = { node: '20.0.0', cores: 2, loadAverage: 0, seconds: 10 };
const run = (meanMicros: number): PipelineRun => ({
  ...{ exchanges: 1000, meanMicros, p50Micros: 40, p99Micros: 90, bytes: 30_000, collectingShare: 0.05 },
});

describe('the report of the pipeline', () => {
  it('gives the median of the runs, and how far they lie apart', () => {
    const line = pipelineReport([run(50), run(40), run(60)], on)
      .split('\n')
      .find((text) => text.startsWith('time, all in'));
    expect(line?.split(/ {2,}/)).toEqual(['time, all in', '50', '40', '60', 'µs', '40 %']);
  });

  it('says how many exchanges there were', () => {
    expect(pipelineReport([run(50), run(40)], on)).toContain('2 runs of 10 s, 2,000 exchanges');
  });
});

describe('samples', () => {
  it('have quantiles by nearest rank, beyond what they had room for at first', () => {
    const samples = new Samples();
    for (let n = 100_000; n > 0; n -= 1) samples.add(n);
    expect(samples.quantiles([0.5, 0.99, 1])).toEqual([50_000, 99_000, 100_000]);
  });
});

describe('the options of the pipeline', () => {
  it('are five runs of ten seconds unless asked otherwise', () => {
    expect(parseOptions([])).toEqual({ seconds: 10, runs: 5 });
    expect(parseOptions(['--seconds', '2', '--runs', '1'])).toEqual({ seconds: 2, runs: 1 });
    expect(parseOptions(['--help'])).toBeNull();
  });

  it.each([['--runs', '0'], ['--seconds', 'x'], ['--what']])('refuse %s', (...args) => {
    expect(() => parseOptions(args)).toThrow(args[0]);
  });
});
