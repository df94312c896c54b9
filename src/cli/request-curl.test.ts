import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleRow, exampleTrace } from '../../test/support/screen/example-requests.ts';
import { requestCurl } from './request-curl.ts';

const baseUrl = 'http://127.0.0.1:8766';

function curlOf(changes: Parameters<typeof exampleTrace>[0]): string {
  return requestCurl(baseUrl, { row: exampleRow(), trace: exampleTrace(changes) });
}

const withHeaders = (...request: (readonly [string, string])[]): string =>
  curlOf({ headers: { request, response: [] } });

/** What a shell hands to curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}\n`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('a request as a curl command', () => {
  it('has its method, URL and headers, a place for its body, and nothing of its connection', () => {
    const command = withHeaders(
      ['Host', '127.0.0.1:8766'],
      ['Content-Length', '141'],
      ['anthropic-version', '2023-06-01'],
      ['x-api-key', '[redacted]'],
    );
    expect(command).toBe(
      [
        `curl -g -X 'POST' 'http://127.0.0.1:8766/v1/messages'`,
        `-H 'anthropic-version: 2023-06-01'`,
        `-H 'x-api-key: [redacted]'`,
        '--data-binary @body.json',
      ].join(' \\\n  '),
    );
  });

  it('has no body where the method has none', () => {
    expect(curlOf({ method: 'GET' })).not.toContain('--data');
  });

  it('has no headers where they were not kept', () => {
    expect(curlOf({ headers: null })).not.toContain('-H');
  });

  it.skipIf(process.platform === 'win32')('is for a shell what it says, whatever the headers and the path are', () => {
    const hostile = [`it's "$(touch x)" \`id\``, String.raw`\' ; exit 1 #`, '!! ${HOME} *', '-o /etc/passwd'];
    const command = curlOf({
      ...{ method: 'POST; id', path: `/v1/{a,b}'$(id)` },
      headers: { request: hostile.map((value) => ['x-a', value] as const), response: [] },
    });
    const [, , method, url, ...rest] = argumentsOf(command);
    expect([method, url]).toEqual(['POST; id', `${baseUrl}/v1/{a,b}'$(id)`]);
    expect(rest).toEqual([...hostile.flatMap((value) => ['-H', `x-a: ${value}`]), '--data-binary', '@body.json']);
  });

  it.skipIf(process.platform === 'win32')('never is more than one command of as many words', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii' }), (name, value) => {
        const words = argumentsOf(withHeaders([`x-${name}`, value]));
        expect(words).toHaveLength(8);
        expect(words.join('')).not.toMatch(/[\p{Cc}\u202A-\u202E]/u);
      }),
      { numRuns: 40 },
    ),
  );

  it('is a comment where the proxy has forgotten it, whatever it is called', () => {
    const text = requestCurl(baseUrl, { row: exampleRow({ id: 'tp_1\nrm -rf ~\r\n\u001B[2J' }), trace: null });
    expect(text).toBe('# the proxy keeps no trace of tp_1 rm -rf ~ [2J any more');
    expect(requestCurl(baseUrl, { row: null, trace: null })).toContain('of the request any more');
  });
});
