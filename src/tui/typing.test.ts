import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typed } from './typing.ts';

describe('typing a filter', () => {
  it('adds what is typed or pasted, without what would move the cursor', () => {
    expect(typed('é', 'caf')).toEqual({ typing: 'café' });
    expect(typed('status>=400\r\n\u001B[2J', '')).toEqual({ typing: 'status>=400[2J' });
  });

  it('takes back a whole character, and of nothing nothing', () => {
    expect(typed('backspace', 'a👋')).toEqual({ typing: 'a' });
    expect(typed('backspace', '')).toEqual({ typing: '' });
  });

  it('keeps it with enter, without spaces around it, and shows the newest again', () => {
    expect(typed('enter', ' is:error ')).toEqual({ typing: null, filter: 'is:error', selected: null, following: true });
  });

  it('drops it with escape', () => expect(typed('escape', 'text')).toEqual({ typing: null }));

  it('has no use for keys that move', () => {
    for (const key of ['tab', 'shift-tab', 'up', 'left', 'home', 'pagedown']) expect(typed(key, 'a')).toEqual({});
  });

  it('ends somewhere', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 1000 }), fc.string({ maxLength: 300 }), (key, text) => {
        expect((typed(key, text).typing ?? '').length).toBeLessThanOrEqual(Math.max(text.length, 200));
      }),
    ));
});
