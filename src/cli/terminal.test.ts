import { describe, expect, it } from 'vitest';
import { createTerminal, type Output } from './terminal.ts';

class Collected implements Output {
  text = '';
  fail: (error: Error) => void = () => undefined;
  readonly write = (text: string): void => void (this.text += text);
  readonly on = (_: 'error', listener: (error: Error) => void): void => void (this.fail = listener);
}

describe('the terminal', () => {
  it('keeps results apart from messages', () => {
    const [out, err] = [new Collected(), new Collected()];
    const terminal = createTerminal(out, err);
    terminal.print('result');
    terminal.json({ a: 1 });
    terminal.note('note');
    terminal.warn('careful');
    terminal.error('wrong');
    expect(out.text).toBe('result\n{"a":1}\n');
    expect(err.text).toBe('note\nwarning: careful\nerror: wrong\n');
  });

  it('lets our own colours through, and nothing else that a terminal obeys', () => {
    const out = new Collected();
    createTerminal(out, new Collected()).print(
      '\u001B[31mred\u001B[0m \u001B[2J\u001B]0;title\u0007\u009B1m\r\u202Edlrow\u2066 a\tb',
    );
    expect(out.text).toBe('\u001B[31mred\u001B[0m [2J]0;title1mdlrow a\tb\n');
  });

  it('goes on when its reader has left', () => {
    const out = new Collected();
    const terminal = createTerminal(out, new Collected());
    terminal.print('one');
    out.fail(new Error('EPIPE'));
    terminal.print('two');
    expect(out.text).toBe('one\n');
  });
});
