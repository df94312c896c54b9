import { describe, expect, it } from 'vitest';
import { createRedactor, looksSecret } from './secret-shapes.ts';

const secrets = [
  'sk-ant-api03-AbCdEf123456',
  'sk-proj-AbCdEf123456',
  'gsk_AbCdEf123456',
  'AIzaSyA1234567890',
  'Bearer abc.def',
  'https://me:pass@a.example',
  'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6',
];
const harmless = [
  'OPENAI_API_KEY',
  'https://api.openai.com/v1',
  '127.0.0.1',
  'claude-sonnet-4-5-20250929',
  '/home/me/.config/tokenpak/anthropic.key',
  'a-very-long-name-of-some-provider-without-any-digits',
];

describe('what looks like a credential', () => {
  it.each(secrets)('is %s', (text) => expect(looksSecret(text)).toBe(true));
  it.each(harmless)('is not %s', (text) => expect(looksSecret(text)).toBe(false));
});

describe('the filter of what is logged', () => {
  it('takes out the credentials that are held, whatever they look like', () => {
    const redact = createRedactor(['plain-password', 'plain-password-longer']);
    expect(redact('with plain-password-longer and plain-password.')).toBe('with [key] and [key].');
  });

  it('takes out what looks like one', () => {
    const redact = createRedactor([]);
    expect(redact('key sk-ant-api03-AbCdEf123456 refused')).toBe('key [key] refused');
    expect(redact('GET /v1beta/models?key=abc&alt=sse')).toBe('GET /v1beta/models?key=[key]&alt=sse');
    expect(redact('authorization: Bearer abc.def, next')).toBe('authorization: Bearer [key], next');
    expect(redact('via http://me:pass@proxy:3128/')).toBe('via http://[credentials]@proxy:3128/');
  });

  it('leaves everything else alone', () => {
    const redact = createRedactor(['short']);
    for (const text of [...harmless, 'a short text']) expect(redact(text)).toBe(text);
  });
});
