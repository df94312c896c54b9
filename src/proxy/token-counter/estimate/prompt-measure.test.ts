import { describe, expect, it } from 'vitest';
import { promptMeasure } from './prompt-measure.ts';

const measured = (request: unknown) => promptMeasure(Buffer.from(JSON.stringify(request)));

describe('promptMeasure', () => {
  it('takes all of a short request', () => {
    const request = { model: 'm', messages: [{ role: 'user', content: 'Grüße, \\"quoted\\" €' }] };
    const text = JSON.stringify(request);
    expect(measured(request)).toEqual({ sample: text, bytes: Buffer.byteLength(text) });
  });

  it('leaves out pictures, and keeps what stands around them', () => {
    const source = (data: string) => ({ messages: [{ source: { type: 'base64', data } }, { text: 'behind' }] });
    expect(measured(source('iVBORw0K'.repeat(50_000)))).toEqual(measured(source('')));
  });

  it('keeps long texts, which have spaces', () => {
    const text = 'a word and another \\" one. '.repeat(1000);
    expect(measured({ text }).bytes).toBe(JSON.stringify({ text }).length);
  });

  it('keeps a sample of 64 KB at most, and counts the bytes of the rest', () => {
    const text = 'word '.repeat(100_000);
    const { sample, bytes } = measured({ text });
    expect(sample).toHaveLength(64 * 1024);
    expect(bytes).toBe(JSON.stringify({ text }).length);
  });

  it.each(['', '\u001f\u008b gzip', '[1]', '"text"'])('counts the bytes of %j, and takes no sample of it', (text) => {
    expect(promptMeasure(Buffer.from(text))).toEqual({ sample: '', bytes: Buffer.byteLength(text) });
  });

  it('survives a request that is cut in a string', () => {
    expect(promptMeasure(Buffer.from('{"a":"b')).bytes).toBe(7);
  });
});
