import { describe, expect, it } from 'vitest';
import { errorAnswer } from './error-answer.ts';
import { errorKinds, ProxyError, toProxyError, type ErrorName } from './errors.ts';

const names = Object.keys(errorKinds) as ErrorName[];

describe('errors of tokenpak’s own', () => {
  it('are listed in docs/errors.md as they are', async () => {
    const rows = names.map((name) => {
      const { kind, code } = new ProxyError(name, '');
      const advice = typeof kind.retry === 'string' ? kind.retry : `after ${kind.retry.afterSeconds} s`;
      const types = [kind.anthropicType, kind.openaiType, kind.geminiStatus].map((type) => `\`${type}\``);
      return `| \`${code}\` | ${kind.status} | ${kind.means} | ${types.join(' | ')} | ${advice} |`;
    });
    const page = [
      '# Errors',
      '',
      'A provider’s error passes as it is: status, headers and body. The errors below are tokenpak’s own. They come in the',
      'dialect of the path, with the code in the header `x-tokenpak-error` and the request’s id in `x-tokenpak-request-id`.',
      'Inside a stream they are that dialect’s error event, and the connection is cut behind it. “Never” means that the',
      'answer carries `x-should-retry: false`, which the official clients obey.',
      '',
      '| code | status | when | Anthropic type | OpenAI type | Gemini status | retry |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
      '',
    ];
    await expect(page.join('\n')).toMatchFileSnapshot('../../docs/errors.md');
  });

  it.each(names)('carry code, id, length and advice in every dialect: %s', (name) => {
    const error = new ProxyError(name, 'what went wrong', { allow: ['GET'] });
    for (const dialect of ['anthropic-messages', 'openai-chat', 'openai-responses', 'gemini', null] as const) {
      const { status, headers, body } = errorAnswer(error, dialect, 'tp_1');
      const header = (wanted: string): string | undefined => headers[headers.indexOf(wanted) + 1];
      expect(status).toBe(error.kind.status);
      expect(header('x-tokenpak-error')).toBe(error.code);
      expect(header('x-tokenpak-request-id')).toBe('tp_1');
      expect(header('content-length')).toBe(String(Buffer.byteLength(body)));
      expect(header('allow')).toBe('GET');
      expect(headers.includes('x-should-retry')).toBe(error.kind.retry === 'never');
      expect(headers.includes('retry-after')).toBe(typeof error.kind.retry === 'object');
      expect((JSON.parse(body) as { error: { message: string } }).error.message).toBe('what went wrong');
    }
  });

  it('say nothing of a fault’s cause', () => {
    const error = toProxyError(new Error('secret detail'));
    expect(error.code).toBe('internal');
    expect(errorAnswer(error, 'gemini', 'tp_1').body).not.toContain('secret');
  });
});
