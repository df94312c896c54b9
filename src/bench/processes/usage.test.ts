import { describe, expect, it } from 'vitest';
import { parseMachineCpuMs, parseProcessCpuMs, parseRssMb, parseThreadCpuMs } from './usage.ts';

describe('what Linux says of processes', () => {
  it('is read where the name of the command holds spaces and brackets', () => {
    const stat = '42 (node) x) S 1 42 42 0 -1 4194560 9000 0 0 0 150 25 0 0 20 0 11 0 100 1000 200';
    expect(parseProcessCpuMs(stat)).toBe(1750);
  });

  it('is counted in nanoseconds for one thread', () => {
    expect(parseThreadCpuMs('1500000000 2000000 321\n')).toBe(1500);
    expect(parseThreadCpuMs('')).toBeNaN();
  });

  it('is summed over all that processors did but wait', () => {
    const stat = 'cpu  100 1 50 900000 77 2 3 4 0 0\ncpu0 50 0 25 450000 30 1 1 2 0 0\n';
    expect(parseMachineCpuMs(stat)).toBe(1600);
  });

  it('is converted from kibibytes', () => {
    expect(parseRssMb('Name:\tnode\nVmHWM:\t  200000 kB\nVmRSS:\t  125000 kB\n')).toBe(128);
  });

  it('is not a number where it is not said', () => {
    expect(parseRssMb('Name:\tnode\n')).toBeNaN();
    expect(parseMachineCpuMs('')).toBeNaN();
  });
});
