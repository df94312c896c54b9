import { describe, expect, it } from 'vitest';
import { redactedHeaders } from './redacted-headers.ts';

const asIs = (text: string): string => text;
const request = (...headers: string[]) => redactedHeaders({ request: headers, response: [] }, asIs).request;
const response = (brought: string[], ...headers: string[]) =>
  redactedHeaders({ request: brought, response: headers }, asIs).response;

describe('headers that are shown', () => {
  it('have their values where those hold no secret', () => {
    expect(
      request('Content-Type', 'application/json', 'anthropic-version', '2023-06-01', 'X-Stainless-Lang', 'js'),
    ).toEqual([
      ['Content-Type', 'application/json'],
      ['anthropic-version', '2023-06-01'],
      ['X-Stainless-Lang', 'js'],
    ]);
    const limit = ['anthropic-ratelimit-tokens-limit', '80000'];
    expect(response([], ...limit)).toEqual([limit]);
  });

  it.each([
    ...[
      'authorization',
      'x-api-key',
      'X-Goog-Api-Key',
      'x-tokenpak-key',
      'Cookie',
      'set-cookie',
      'proxy-authorization',
    ],
    ...['x-auth-token', 'x-session', 'x-client-secret', 'x-whatever', 'referer', 'openai-organization'],
  ])('have nothing of the value of %s', (name) => {
    expect(request(name, 'shibboleth')).toEqual([[name, '[redacted]']]);
  });

  it.each([
    ['Bearer abcdefgh', 'Bearer [redacted]'],
    ['basic YWJj', 'basic [redacted]'],
    ['shibboleth more', '[redacted]'],
    ['Bearershibboleth', '[redacted]'],
  ])('say by which scheme somebody authorized, and only that: %s', (value, shown) => {
    expect(request('Authorization', value)).toEqual([['Authorization', shown]]);
  });

  it('hold no credential that came in another one', () => {
    const brought = ['authorization', 'Bearer shibboleth-1', 'cookie', 'a=my-shibboleth-2; b=c'];
    expect(
      response(
        brought,
        'server',
        'for shibboleth-1',
        'x-request-id',
        'for shibboleth-2!',
        'via',
        'a',
        'shibboleth-1',
        'x',
      ),
    ).toEqual([
      ['server', '[redacted]'],
      ['x-request-id', '[redacted]'],
      ['via', 'a'],
      ['[redacted]', '[redacted]'],
    ]);
  });

  it('go through the filter that knows what keys look like', () => {
    const { request: shown } = redactedHeaders({ request: ['user-agent', 'a key!'], response: [] }, (text) =>
      text.replace('key', '[key]'),
    );
    expect(shown).toEqual([['user-agent', 'a [key]!']]);
  });

  it('are 64 at most, and short', () => {
    const many = Array.from({ length: 100 }, () => ['accept', 'x'.repeat(1000)]).flat();
    const shown = request(...many, 'odd');
    expect(shown).toHaveLength(64);
    expect(shown.every(([, value]) => value.length === 256)).toBe(true);
    expect(request('n'.repeat(1000), 'x')[0]![0]).toHaveLength(256);
  });
});
