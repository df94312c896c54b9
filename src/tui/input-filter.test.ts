import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestInput } from '../../test/support/screen-terminal.ts';
import { InputFilter } from './input-filter.ts';

function open(): { input: TestInput; keys: () => string[]; focus: boolean[]; filter: InputFilter } {
  const input = new TestInput();
  const focus: boolean[] = [];
  const filter = new InputFilter(input, { onFocus: (focused) => focus.push(focused) });
  filter.setRawMode(true);
  const keys = (): string[] => {
    const read: string[] = [];
    for (let key = filter.read() as string | null; key !== null; key = filter.read() as string | null) read.push(key);
    return read;
  };
  return { input, keys, focus, filter };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const typed = [
  'q',
  '\u001B[A',
  '\u001BOP',
  '\u001B[1;5C',
  '\u001B[[A',
  '\u0003',
  '\r',
  '世',
  '👋',
  '\u001Bx',
  '\u001B[Z',
];
const reports = [
  '\u001B[<0;10;5M',
  '\u001B[<65;1;1m',
  '\u001B[I',
  '\u001B[O',
  '\u001B[200~',
  '\u001B[201~',
  '\u001B[M !!',
];

describe('what is typed', () => {
  it('is given key by key, without reports, however the bytes are cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...typed, ...reports)), cuts, (sent, sizes) => {
        const { input, keys } = open();
        const bytes = Buffer.from(sent.join(''));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const size = sizes[cut % sizes.length]!;
          input.emit('data', bytes.subarray(at, at + size));
          at += size;
        }
        vi.advanceTimersByTime(25);
        expect(keys()).toEqual(sent.filter((one) => typed.includes(one)));
      }),
    );
  });

  it('is the escape key when nothing follows it in time', () => {
    const { input, keys } = open();
    input.emit('data', '\u001B');
    expect(keys()).toEqual([]);
    vi.advanceTimersByTime(25);
    expect(keys()).toEqual(['\u001B']);
    input.emit('data', '[A');
    expect(keys()).toEqual(['[', 'A']);
  });

  it('tells focus', () => {
    const { input, keys, focus } = open();
    input.emit('data', 'a\u001B[Ob\u001B[');
    input.emit('data', 'I');
    expect(focus).toEqual([false, true]);
    expect(keys()).toEqual(['a', 'b']);
  });
});

describe('the mode of the terminal', () => {
  it('is raw while keys are read, and nothing is read otherwise', () => {
    const { input, keys, filter } = open();
    expect([input.raw, input.flowing, input.listenerCount('data')]).toEqual([true, true, 1]);
    input.emit('data', '\u001B');
    filter.setRawMode(false);
    vi.advanceTimersByTime(25);
    expect([input.raw, input.flowing, input.listenerCount('data')]).toEqual([false, false, 0]);
    expect(keys()).toEqual([]);
  });
});
