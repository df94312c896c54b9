import { describe, expect, it, vi } from 'vitest';
import { StreamEvent } from '../../stream-events.ts';
import { outputSample } from './output-sample.ts';

const event = (text: string): StreamEvent => new StreamEvent('delta', JSON.stringify({ text }));
const textOf = (each: StreamEvent): string => (each.json() as { text: string }).text;

describe('outputSample', () => {
  it('measures the text of its events', () => {
    const sample = outputSample(textOf);
    sample.add(event('Grü'));
    sample.add(event('ße'));
    expect(sample.measure()).toEqual({ sample: 'Grüße', bytes: 7 });
  });

  it('keeps the beginning of a long stream, and extends its length over the rest', () => {
    const sample = outputSample(textOf);
    for (let count = 0; count < 10_000; count++) sample.add(event('word '));
    const { sample: text, bytes } = sample.measure();
    expect(text.length).toBeLessThan(32 * 1024);
    expect(bytes).toBeGreaterThan(49_000);
    expect(bytes).toBeLessThan(51_000);
  });

  it('parses each event once, however often it is asked', () => {
    const spied = vi.fn<typeof textOf>(textOf);
    const sample = outputSample(spied);
    sample.add(event('a'));
    sample.measure();
    sample.add(event('b'));
    sample.measure();
    expect(sample.measure().sample).toBe('ab');
    expect(spied).toHaveBeenCalledTimes(2);
  });

  it('measures nothing of a stream without events, or whose events add no text', () => {
    expect(outputSample(textOf).measure()).toEqual({ sample: '', bytes: 0 });
    const sample = outputSample(() => '');
    sample.add(event('a'));
    expect(sample.measure()).toEqual({ sample: '', bytes: 0 });
  });
});
