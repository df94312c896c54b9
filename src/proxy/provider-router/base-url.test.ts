import { describe, expect, it } from 'vitest';
import { baseUrlProblem, joinPath, parseBaseUrl } from './base-url.ts';

const remote = { local: false, insecure: false };
const local = { local: true, insecure: false };
const insecure = { local: false, insecure: true };

function joined(baseUrl: string, path: string): string {
  const base = parseBaseUrl(baseUrl, local);
  if ('problem' in base) throw new Error(base.problem);
  return base.origin + joinPath(base, path);
}

describe('a base URL', () => {
  it.each([
    ['https://api.anthropic.com', '/v1/messages', 'https://api.anthropic.com/v1/messages'],
    ['https://api.anthropic.com/', '/v1/messages', 'https://api.anthropic.com/v1/messages'],
    ['https://api.groq.com/openai/v1', '/v1/chat/completions', 'https://api.groq.com/openai/v1/chat/completions'],
    ['https://openrouter.ai/api/v1/', '/v1/models/a/b', 'https://openrouter.ai/api/v1/models/a/b'],
    ['https://api.deepseek.com/anthropic', '/v1/messages', 'https://api.deepseek.com/anthropic/v1/messages'],
    ['https://g.test/v1beta/openai', '/v1/embeddings', 'https://g.test/v1beta/openai/embeddings'],
    ['https://g.test/v1beta', '/v1beta/models/m:countTokens', 'https://g.test/v1beta/models/m:countTokens'],
    ['https://z.test/api/paas/v4', '/v1/chat/completions', 'https://z.test/api/paas/v4/chat/completions'],
    ['https://z.test/v1', '/other', 'https://z.test/v1/other'],
    ['https://z.test/v1', '/v1beta2/x', 'https://z.test/v1/v1beta2/x'],
    ['https://z.test/v1/account/gateway', '/v1/messages', 'https://z.test/v1/account/gateway/v1/messages'],
    ['http://[::1]:8000', '/v1/completions', 'http://[::1]:8000/v1/completions'],
  ])('%s takes %s', (baseUrl, path, url) => expect(joined(baseUrl, path)).toBe(url));

  it.each([
    ['https://api.example.com', remote],
    ['https://api.example.com:8443/a/b', remote],
    ['http://127.0.0.1:11434', remote],
    ['http://127.8.9.1', remote],
    ['http://localhost:1234/v1', remote],
    ['http://[::1]:1234', remote],
    ['http://llm.example.com', insecure],
    ['http://llm.home.arpa', local],
    ['http://192.168.1.7:8000', local],
    ['https://10.0.0.1', local],
  ])('may be %s with %o', (baseUrl, reach) => expect(baseUrlProblem(baseUrl, reach)).toBeNull());

  it.each([
    ['', remote, 'expected a URL'],
    ['api.example.com', remote, 'expected a URL'],
    ['/v1', remote, 'expected a URL'],
    ['ftp://api.example.com', remote, 'expected https://'],
    ['file:///etc/passwd', local, 'expected https://'],
    ['https://user:secret@api.example.com', remote, 'no credentials'],
    ['https://user@api.example.com', remote, 'no credentials'],
    ['https://api.example.com/v1?key=secret', remote, 'no query'],
    ['https://api.example.com/v1?', remote, 'no query'],
    ['https://api.example.com/v1#x', remote, 'no query'],
    ['https://api.example.com/a b', remote, 'no spaces'],
    ['https://api.example.com\\v1', remote, 'no backslashes'],
    ['http://api.example.com', remote, 'insecure: true'],
    ['http://localhost.example.com', remote, 'insecure: true'],
    ['https://192.168.1.7', remote, 'local: true'],
    ['https://10.1', remote, 'local: true'],
    ['https://[fd12::1]', insecure, 'local: true'],
    ['https://[::ffff:10.0.0.1]', remote, 'local: true'],
    ['http://169.254.169.254/latest', local, 'never asked'],
    ['http://2852039166', local, 'never asked'],
    ['http://0xa9.0xfe.0xa9.0xfe', local, 'never asked'],
    ['http://0251.0376.0251.0376', local, 'never asked'],
    ['http://[::ffff:169.254.169.254]', local, 'never asked'],
    ['http://[fe80::1]', local, 'never asked'],
    ['http://metadata.google.internal', local, 'never asked'],
    ['http://METADATA.google.internal./x', local, 'never asked'],
  ])('may not be %s with %o', (baseUrl, reach, says) => {
    expect(baseUrlProblem(baseUrl, reach)).toContain(says);
    expect(baseUrlProblem(baseUrl, reach)).not.toContain('secret');
  });
});
