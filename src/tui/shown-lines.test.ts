import { describe, expect, it, vi } from 'vitest';
import { ShownLines } from './shown-lines.ts';

describe('the rows that are shown', () => {
  it('are those that were shown last, and whoever follows them is told', () => {
    const shown = new ShownLines();
    const onChange = vi.fn<() => void>();
    expect(shown.lines()).toEqual([]);
    shown.show(['before anybody follows']);
    const stop = shown.subscribe(onChange);
    const lines = ['one', 'two'];
    shown.show(lines);
    expect(shown.lines()).toBe(lines);
    expect(onChange).toHaveBeenCalledTimes(1);
    stop();
    shown.show(['three']);
    expect(onChange).toHaveBeenCalledTimes(1);
  });
});
