import { describe, expect, it } from 'vitest';
import { loopbackPort } from './running-target.ts';

describe('the proxy that is put under load', () => {
  it.each([
    ['http://127.0.0.1:8766', 8766],
    ['http://localhost:8767/', 8767],
    ['http://127.0.0.1', 80],
  ])('may be %s', (url, port) => expect(loopbackPort(url)).toBe(port));

  it.each([
    'https://127.0.0.1:8766',
    'http://192.168.0.2:8766',
    'http://example.test',
    'http://127.0.0.1.example.test:8766',
    'http://user@127.0.0.1:8766',
    'http://127.0.0.1:8766/v1',
    '127.0.0.1:8766',
    '',
  ])('is not %s', (url) => expect(() => loopbackPort(url)).toThrow(/^the target must be/));
});
