import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment } from './proxy-variables.ts';

const proxy = 'http://proxy.example:3128';

describe('the HTTP proxy of the environment', () => {
  it('depends on the scheme', () => {
    const env = { HTTPS_PROXY: proxy, HTTP_PROXY: 'http://other.example:1' };
    expect(proxyFromEnvironment('https://api.openai.com', env)).toBe(proxy);
    expect(proxyFromEnvironment('http://api.openai.com', env)).toBe('http://other.example:1');
  });

  it('is the one in lower case where both are set', () => {
    const env = { HTTPS_PROXY: 'http://upper.example', https_proxy: proxy };
    expect(proxyFromEnvironment('https://api.openai.com', env)).toBe(proxy);
  });

  it('may lack its scheme', () => {
    expect(proxyFromEnvironment('https://a.example', { HTTPS_PROXY: 'proxy.example:3128' })).toBe(proxy);
  });

  it.each([
    ['api.openai.com', true],
    ['openai.com', true],
    ['.openai.com', true],
    ['*.openai.com', true],
    ['*', true],
    ['other.example, API.OpenAI.com', true],
    ['api.openai.com:443', false],
    ['api.openai.com:8443', true],
    ['penai.com', false],
    ['', false],
  ])('is not used for a host that NO_PROXY lists: %s', (list, exempt) => {
    const found = proxyFromEnvironment('https://api.openai.com:8443/v1', { HTTPS_PROXY: proxy, NO_PROXY: list });
    expect(found).toBe(exempt ? null : proxy);
  });

  it('is none where no variable names one', () => {
    expect(proxyFromEnvironment('https://api.openai.com', {})).toBeNull();
  });
});
