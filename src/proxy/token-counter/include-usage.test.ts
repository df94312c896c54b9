import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../exchange.ts';
import { includeUsage } from './include-usage.ts';
import { findMembers } from '../json-members.ts';

function envelopeOf(body: string, more: Partial<Envelope> = {}): Envelope {
  const [streamOptions] = findMembers(Buffer.from(body).toString('latin1'), ['stream_options']) ?? [];
  return {
    model: 'm',
    modelSpan: null,
    stream: true,
    streamOptions: streamOptions ?? null,
    includeUsage: null,
    maxTokens: null,
    choices: 1,
    tools: false,
    serviceTier: null,
    membersStart: body.indexOf('{') + 1,
    duplicates: [],
    ...more,
  };
}

function asked(text: string, more: Partial<Envelope> = {}): string | undefined {
  const bytes = Buffer.from(text);
  const edit = includeUsage(bytes, envelopeOf(text, more));
  if (edit === null) return undefined;
  return `${bytes.toString('utf8', 0, edit.start)}${edit.text}${bytes.toString('utf8', edit.end)}`;
}

describe('includeUsage', () => {
  it.each([
    ['{"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
    [' {\n "stream": true}\n', ' {"stream_options":{"include_usage":true},\n "stream": true}\n'],
    ['{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ['{"stream_options": {},"stream":true}', '{"stream_options": {"include_usage":true},"stream":true}'],
    ['{"stream_options":{ },"stream":true}', '{"stream_options":{"include_usage":true },"stream":true}'],
    [
      '{"stream":true,"stream_options":{"include_obfuscation":false}}',
      '{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}',
    ],
    ['{"stream_options":{"include_usage":false,"x":1e3}}', '{"stream_options":{"include_usage":true,"x":1e3}}'],
    ['{"stream_options":{"include_usage": null}}', '{"stream_options":{"include_usage": true}}'],
    ['{"user":"Ü€","stream_options":{}}', '{"user":"Ü€","stream_options":{"include_usage":true}}'],
  ])('makes of %s %s', (body, expected) => {
    expect(asked(body)).toBe(expected);
  });

  it.each(['{"stream_options":"yes"}', '{"stream_options":[]}', '{"stream_options":7}'])(
    'leaves %s to the provider to judge',
    (body) => {
      expect(asked(body)).toBeUndefined();
    },
  );

  it('changes nothing where the options stand twice, or their place is not known', () => {
    expect(asked('{"stream_options":{},"stream_options":{}}', { duplicates: ['stream_options'] })).toBeUndefined();
    expect(asked('{"stream":true}', { membersStart: null })).toBeUndefined();
  });

  it('keeps every other byte of any request, and means what it says', () => {
    const options = fc.option(
      fc.record(
        { include_usage: fc.constantFrom(true, false, null), include_obfuscation: fc.boolean(), 'a"b': fc.string() },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        options,
        fc.constantFrom(undefined, 2),
        (user, streamOptions, indent) => {
          const request = { user, stream: true, stream_options: streamOptions };
          const body = JSON.stringify(request, null, indent);
          const result = asked(body);
          expect(result && JSON.parse(result)).toEqual({
            ...request,
            stream_options: { ...streamOptions, include_usage: true },
          });
          if (streamOptions !== undefined) return;
          const restored = result?.replace(/"stream_options":\{"include_usage":true\},|"include_usage":true,?/, '');
          expect(restored).toBe(body);
        },
      ),
    );
  });
});
