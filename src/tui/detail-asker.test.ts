import { describe, expect, it, vi } from 'vitest';
import { exampleRow, exampleTrace } from '../../test/support/screen/example-requests.ts';
import { DetailAsker } from './detail-asker.ts';
import type { DetailTrace } from './detail-data.ts';

function asker() {
  const answers = new Map<string, (trace: DetailTrace | null) => void>();
  const onAnswer = vi.fn<() => void>();
  const detail = vi.fn<(id: string) => Promise<DetailTrace | null>>(
    (id) => new Promise((resolve) => answers.set(id, resolve)),
  );
  const details = new DetailAsker({ detail }, onAnswer);
  const answer = async (id: string, trace: DetailTrace | null): Promise<void> => {
    answers.get(id)!(trace);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { details, detail, answer, onAnswer };
}

const ended = exampleRow();
const live = exampleRow({ status: null });

describe('what is told of a request', () => {
  it('is asked for once, and shown when it comes', async () => {
    const { details, detail, answer, onAnswer } = asker();
    expect([details.of('a', ended), details.of('a', ended)]).toEqual(['loading', 'loading']);
    expect(detail.mock.calls).toEqual([['a']]);
    const trace = exampleTrace();
    await answer('a', trace);
    expect(onAnswer).toHaveBeenCalledTimes(1);
    expect(details.of('a', ended)).toEqual({ trace });
  });

  it('is not asked for before the request has ended, but then', () => {
    const { details, detail } = asker();
    expect(details.of('a', live)).toBeNull();
    expect(detail).not.toHaveBeenCalled();
    expect(details.of('a', ended)).toBe('loading');
  });

  it('is gone where the proxy has forgotten it', async () => {
    const { details, answer } = asker();
    details.of('a', null);
    await answer('a', null);
    expect(details.of('a', null)).toBe('gone');
  });

  it('is not mistaken for that of the one looked at meanwhile', async () => {
    const { details, answer, onAnswer } = asker();
    details.of('a', ended);
    details.of('b', ended);
    await answer('a', exampleTrace());
    expect(onAnswer).not.toHaveBeenCalled();
    expect(details.of('b', ended)).toBe('loading');
    details.of('a', live);
    await answer('b', exampleTrace());
    expect(onAnswer).not.toHaveBeenCalled();
  });
});
