import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import type { Envelope } from '../exchange.ts';
import { readEnvelope } from './envelope.ts';

function read(text: string): Envelope {
  return readEnvelope(Buffer.from(text));
}

function fault(bytes: Buffer | string): ProxyError {
  try {
    readEnvelope(Buffer.from(bytes as string));
  } catch (error) {
    if (error instanceof ProxyError) return error;
    throw error;
  }
  throw new Error('the body was not refused');
}

const empty = {
  model: null,
  modelSpan: null,
  stream: false,
  streamOptions: null,
  includeUsage: null,
  maxTokens: null,
  choices: 1,
  tools: false,
  serviceTier: null,
  duplicates: [],
};

describe('the envelope', () => {
  it('is empty for an empty object', () => {
    expect(read('{}')).toEqual({ ...empty, membersStart: 1 });
    expect(read(' \r\n\t{ } \n')).toEqual({ ...empty, membersStart: 5 });
  });

  it('reads what routing and metering need, wherever it stands', () => {
    const text =
      '{"messages":[{"role":"user","content":"\\"model\\":\\"no\\" \\\\"}],"tools" : [ {"name":"x"} ] , "model":"m-1",' +
      '"stream":true,"stream_options":{"x":[],"include_usage":true},"max_completion_tokens": 12e2,"service_tier":"flex"}';
    const envelope = read(text);
    expect(envelope).toMatchObject({ model: 'm-1', stream: true, includeUsage: true, maxTokens: 1200, tools: true });
    expect(envelope).toMatchObject({ serviceTier: 'flex', duplicates: [], membersStart: 1 });
    expect(text.slice(envelope.modelSpan?.start, envelope.modelSpan?.end)).toBe('"m-1"');
    expect(text.slice(envelope.streamOptions?.start, envelope.streamOptions?.end)).toBe(
      '{"x":[],"include_usage":true}',
    );
  });

  it('counts places in bytes, a byte-order mark included', () => {
    const bytes = Buffer.from('\ufeff{"é😀":"ü","model":"m"}');
    const { model, modelSpan, membersStart } = readEnvelope(bytes);
    expect(model).toBe('m');
    expect(bytes.subarray(modelSpan?.start, modelSpan?.end).toString()).toBe('"m"');
    expect(bytes[(membersStart ?? 0) - 1]).toBe(0x7b);
  });

  it('decodes escaped keys and values, as the provider will', () => {
    expect(read(String.raw`{"mod\u0065l":"a\/\u00e9\ud83d\ude00","str\u0065am":true}`)).toMatchObject({
      model: 'a/é😀',
      stream: true,
    });
    expect(read('{"model":"modèle"}').model).toBe('modèle');
    expect(read(String.raw`{"mod\\u0065l":"a"}`).model).toBeNull();
  });

  it('takes the last of several, and says which stand twice', () => {
    const text =
      '{"model":"a","stream":true,"metadata":{},"model":"b","metadata":{},"stream":null,"mod\\u0065l":"c","x":1,"x":2}';
    expect(read(text)).toMatchObject({ model: 'c', stream: false });
    expect(new Set(read(text).duplicates)).toEqual(new Set(['model', 'metadata', 'stream']));
    expect(read('{"model":"a","model":7}')).toMatchObject({ model: null, modelSpan: null, duplicates: ['model'] });
  });

  it("reads Gemini's limit out of its generation config", () => {
    expect(read('{"generationConfig":{"a":{"maxOutputTokens":1},"maxOutputTokens":64}}').maxTokens).toBe(64);
    expect(read('{"generation_config":{"max_output_tokens":65}}').maxTokens).toBe(65);
    expect(read('{"generationConfig":null}').maxTokens).toBeNull();
  });

  it.each([
    ['{"max_tokens":9,"max_completion_tokens":3}', 9],
    ['{"max_completion_tokens":3,"max_tokens":9,"max_output_tokens":1}', 9],
    ['{"max_tokens":9,"max_completion_tokens":null}', 9],
    ['{"generationConfig":{"maxOutputTokens":9},"generation_config":{"max_output_tokens":3}}', 9],
    ['{"max_tokens":"9"}', 9],
  ])('takes of the limits in %s the higher one', (text, limit) => expect(read(text).maxTokens).toBe(limit));

  it.each([
    ['{"n":3}', 3],
    ['{"n":-3}', 1],
    ['{"n":2,"best_of":5}', 5],
    ['{"best_of":5,"n":2,"prompt":["a","b"]}', 10],
    ['{"prompt":"a"}', 1],
    ['{"prompt":[]}', 1],
    ['{"prompt":[ "a" , "[\\"," ]}', 2],
    ['{"prompt":[1,2,3]}', 1],
    ['{"prompt":[[1,2],[3],[]]}', 3],
    ['{"generationConfig":{"candidateCount":4}}', 4],
  ])('counts the answers that %s asks for', (text, choices) => expect(read(text).choices).toBe(choices));

  it('says what stands twice in the generation config, too', () => {
    const text = '{"generationConfig":{"maxOutputTokens":9,"maxOutputTokens":1}}';
    expect(read(text).duplicates).toEqual(['maxOutputTokens']);
  });

  it('sees whether the answer is worked out in the background', () => {
    expect(read('{"background":true}').background).toBe(true);
    expect(read('{"background":false}').background).toBe(false);
  });

  it.each([
    '{"max_tokens":"x"}',
    '{"max_tokens":""}',
    '{"max_tokens":null}',
    '{"max_tokens":1e999}',
    `{"max_tokens":${'1'.repeat(40)}}`,
  ])('sees no limit in %s', (text) => expect(read(text).maxTokens).toBeNull());

  it.each([
    ['{"tools":[]}', false],
    ['{"tools":[ ]}', false],
    ['{"tools":{}}', false],
    ['{"tools":[1]}', true],
  ])('sees in %s whether tools are offered', (text, tools) => expect(read(text).tools).toBe(tools));

  it.each(['{"stream":"true"}', '{"stream":1}', '{"stream":null}', '{"nested":{"stream":true}}'])(
    'does not see a stream in %s',
    (text) => expect(read(text).stream).toBe(false),
  );

  it.each([
    ['{"stream_options":{"include_usage":false}}', false],
    ['{"stream_options":{}}', null],
    ['{"stream_options":null}', null],
    ['{"stream_options":{"include_usage":null}}', null],
    ['{"stream_options":{"include_usage":true},"stream_options":{}}', null],
  ])('reads include_usage of %s as %s', (text, asked) => expect(read(text).includeUsage).toBe(asked));

  it('leaves alone what belongs to nobody: __proto__, lone surrogates, numbers beyond a double', () => {
    expect(
      read(String.raw`{"__proto__":{"model":"x"},"a":"\ud800","n":[123456789012345678901,1e400],"model":"m"}`).model,
    ).toBe('m');
    expect(read('{"constructor":1,"toString":2}')).toEqual({ ...empty, membersStart: 1 });
  });
});

describe('a body that cannot be walked', () => {
  it.each(['', ' ', '\n\t', '\ufeff'])('is empty: %j', (text) => expect(fault(text).message).toContain('empty'));

  it.each(['null', '[]', '"{}"', '1', 'true', 'x', '}', '<html>'])('is no object: %s', (text) =>
    expect(fault(text).message).toContain('not a JSON object'),
  );

  it.each([
    ['{} x', 3],
    ['{}{}', 2],
    ['{"a":1},', 7],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{,"a":1}', 1],
    ['{"a":1 "b":2}', 7],
    ['{"a":tru}', 8],
    ['{"a":nulL}', 8],
    ['{"a":NaN}', 5],
    ['{"a":+1}', 5],
    ['{"a":-}', 6],
    ['{"a":[1}', 7],
    ['{"a":{"b":1]}', 11],
    ['{"a":[1,]}', 8],
    ['{"a":[,1]}', 6],
    ['{"a":{"b"}}', 9],
    ['{"a":{1:2}}', 6],
    ['{"a":[}]}', 6],
    ['{"a":1]', 6],
  ])('is broken: %s at byte %i', (text, at) => {
    const error = fault(text);
    expect(error.code).toBe('invalid_request');
    expect(error.message).toMatch(new RegExp(`byte ${at}$`));
  });

  it.each(['{', '{"', '{"a', '{"a"', '{"a":', '{"a":1', '{"a":"x\\"}', '{"a":[', '{"a":[[]', '{"a":tr'])(
    'ends too soon: %s',
    (text) => expect(fault(text).message).toContain(`ends too soon, at byte ${text.length}`),
  );

  it('is in UTF-16, or binary', () => {
    expect(fault(Buffer.from('{"model":"m"}', 'utf16le')).code).toBe('invalid_request');
    expect(fault(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 1])).code).toBe('invalid_request');
  });

  it('is answered with the place alone: no byte of it is repeated', () => {
    expect(fault('{"password":"hunter2" oops}').message).not.toMatch(/hunter2|oops|password/);
    expect(fault(String.raw`{"model":"secret\x"}`).message).not.toContain('secret');
  });

  it('may be nested half a million deep', () => {
    expect(fault('{"a":' + '['.repeat(500_000)).code).toBe('invalid_request');
    expect(fault('{"a":' + '[{"b":'.repeat(100_000) + '1').code).toBe('invalid_request');
    const deep = `{"a":${'[{"b":'.repeat(50_001)}1${'}]'.repeat(50_001)},"model":"m"}`;
    expect(read(deep).model).toBe('m');
    expect(fault(`{"a":${'['.repeat(31)}${']'.repeat(30)}}}`).code).toBe('invalid_request');
  });

  it('may hold a million members of one name', () => {
    expect(read(`{${'"model":"a",'.repeat(200_000)}"model":"b"}`)).toMatchObject({ model: 'b', duplicates: ['model'] });
  });
});
