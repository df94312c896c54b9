import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { keyName } from './key-name.ts';

const none = {
  ...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false },
  ...{ home: false, end: false, return: false, escape: false, ctrl: false, shift: false, tab: false, meta: false },
  ...{ backspace: false, delete: false, super: false, hyper: false, capsLock: false, numLock: false },
} as Key;

describe('the name of a key', () => {
  it.each<[Partial<Key>, string, string]>([
    [{ upArrow: true }, '', 'up'],
    [{ downArrow: true }, '', 'down'],
    [{ pageDown: true }, '', 'pagedown'],
    [{ pageUp: true }, '', 'pageup'],
    [{ home: true }, '', 'home'],
    [{ end: true }, '', 'end'],
    [{ return: true }, '\r', 'enter'],
    [{ escape: true }, '', 'escape'],
    [{ tab: true }, '\t', 'tab'],
    [{ tab: true, shift: true }, '', 'shift-tab'],
    [{ backspace: true }, '', 'backspace'],
    [{ delete: true }, '', 'backspace'],
    [{ ctrl: true }, 'c', 'ctrl-c'],
    [{ ctrl: true }, 'z', 'ctrl-z'],
    [{ shift: true }, 'G', 'G'],
    [{}, '?', '?'],
    [{}, 'é', 'é'],
  ])('with %j and %j is %s', (flags, input, name) => expect(keyName(input, { ...none, ...flags })).toBe(name));
});
