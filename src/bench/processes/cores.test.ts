import { describe, expect, it } from 'vitest';
import { nodeOn, parseCpuList } from './cores.ts';

describe('processors', () => {
  it.each([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
    ['', []],
  ])('are read from the list %j', (list, cpus) => {
    expect(parseCpuList(list)).toEqual(cpus);
  });

  it('are chosen by taskset, or not at all', () => {
    expect(nodeOn(null)).toEqual({ command: process.execPath, args: [] });
    expect(nodeOn(3)).toEqual({ command: 'taskset', args: ['--cpu-list', '3', process.execPath] });
  });
});
