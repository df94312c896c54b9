import { describe, expect, it } from 'vitest';
import { StreamEvent } from '../../stream-events.ts';
import type { Reading } from '../reading.ts';
import { gemini } from './gemini.ts';

const usage = {
  promptTokenCount: 5000,
  cachedContentTokenCount: 4096,
  candidatesTokenCount: 7,
  thoughtsTokenCount: 188,
  toolUsePromptTokenCount: 200,
  totalTokenCount: 5395,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 5000 }],
  candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 7 }],
};
const tokens = { input: 1104, cacheRead: 4096, cacheWrite: 0, cacheWrite1h: 0, output: 195, reasoning: 188 };

const body = (usageMetadata: unknown, more: object = {}): Reading | null =>
  gemini.body(JSON.stringify({ candidates: [], usageMetadata, modelVersion: 'gemini-4-argon', ...more }));
const event = (data: object): StreamEvent => new StreamEvent('', JSON.stringify(data));

function streamed(...chunks: object[]): Reading | null {
  const stream = gemini.stream();
  for (const chunk of chunks) stream.event(event(chunk));
  return stream.reading();
}

describe('a whole Gemini reply', () => {
  it('brings thoughts as output, and what tools put in as input that does not make the prompt longer', () => {
    expect(body(usage)).toMatchObject({
      lines: [{ model: 'gemini-4-argon', tokens, promptTokens: 5000, audioInput: 0 }],
      mode: null,
      final: true,
      doubt: null,
      unpriced: null,
    });
  });

  it.each([
    [{ trafficType: 'ON_DEMAND' }, null],
    [{ trafficType: 'TRAFFIC_TYPE_UNSPECIFIED' }, null],
    [{ trafficType: 'ON_DEMAND_FLEX' }, 'flex'],
    [{ trafficType: 'ON_DEMAND_PRIORITY' }, 'priority'],
    [{ trafficType: 'PROVISIONED_THROUGHPUT' }, 'provisioned_throughput'],
    [{ serviceTier: 'standard', trafficType: 'ON_DEMAND_FLEX' }, null],
    [{ serviceTier: 'flex' }, 'flex'],
  ])('with %j has the mode %s', (told, mode) => {
    expect(body({ ...usage, ...told })?.mode).toBe(mode);
  });

  it('tells fresh audio apart from cached audio', () => {
    const audio = (name: string, tokenCount: number) => ({ [name]: [{ modality: 'AUDIO', tokenCount }] });
    expect(
      body({ ...usage, ...audio('promptTokensDetails', 300), ...audio('toolUsePromptTokensDetails', 20) }),
    ).toMatchObject({
      lines: [{ audioInput: 320 }],
      doubt: null,
    });
    expect(body({ ...usage, ...audio('promptTokensDetails', 300), ...audio('cacheTokensDetails', 100) })).toMatchObject(
      {
        lines: [{ audioInput: 200 }],
        doubt: 'estimated',
      },
    );
  });

  it('is an estimate where searches were made, which are free up to a number that nobody tells', () => {
    expect(body(usage, { candidates: [{ groundingMetadata: {} }] })?.doubt).toBe('estimated');
  });

  it('is not priced where pictures came out', () => {
    expect(body({ ...usage, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }] })?.unpriced).toBe(
      'unknown_modality',
    );
  });

  it('is not priced where it counts tokens of a kind that is not known', () => {
    expect(body({ ...usage, dreamTokenCount: 1 })?.unpriced).toBe('unknown_usage_field');
  });

  it.each([
    {},
    { promptTokenCount: -1 },
    { promptTokenCount: 1, cachedContentTokenCount: 2 },
    { promptTokenCount: 1, candidatesTokenCount: '3' },
    { promptTokenCount: 1, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 1.5 }] },
  ])('is not believed with %j', (told) => {
    expect(body(told)).toBeNull();
  });
});

describe('a Gemini stream', () => {
  const chunk = (output: number, more: object = {}) => ({
    candidates: [{ content: { parts: [{ text: 'a' }] }, ...more }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: output },
    modelVersion: 'gemini-4-argon',
  });

  it('repeats its usage: the last counts, and is final once a candidate has finished', () => {
    expect(streamed(chunk(1), chunk(4))).toMatchObject({ lines: [{ tokens: { input: 10, output: 4 } }], final: false });
    expect(streamed(chunk(1), chunk(5, { finishReason: 'STOP' }))).toMatchObject({
      lines: [{ tokens: { output: 5 } }],
      final: true,
    });
  });

  it('keeps the last usage that is not empty', () => {
    const empty = { candidates: [{ finishReason: 'STOP' }], usageMetadata: {} };
    expect(streamed(chunk(3), empty)).toMatchObject({ lines: [{ tokens: { output: 3 } }], final: true });
  });

  it('is final where the prompt was blocked', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 9 } };
    expect(streamed(blocked)).toMatchObject({ lines: [{ tokens: { input: 9, output: 0 } }], final: true });
  });

  it('tells nothing without usage', () => {
    expect(streamed({ candidates: [{ finishReason: 'STOP' }] })).toBeNull();
  });

  it('adds texts and function calls to the output', () => {
    const parts = [{ text: 'a' }, { functionCall: { name: 'f', args: { b: 1 } } }, { inlineData: {} }, null];
    expect(gemini.deltaText(event({ candidates: [{ content: { parts } }, { finishReason: 'STOP' }] }))).toBe(
      'a{"name":"f","args":{"b":1}}',
    );
    expect(gemini.deltaText(event({ usageMetadata: {} }))).toBe('');
  });
});
