import { createHash, timingSafeEqual } from 'node:crypto';
import { ProxyError } from '../errors.ts';

export interface GuardOptions {
  /** Names and addresses, without ports, that a request may be addressed to besides loopback's own. */
  readonly allowedHosts: readonly string[];
  /** The token that every request must bring, or null on loopback. */
  readonly token: string | null;
  readonly port: () => number;
}

/** What the guard looks at: the head alone, before a byte of the body is read. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: readonly string[];
}

/** What passes the guard. */
export interface Guarded {
  /** Without the token. */
  readonly headers: readonly string[];
  /** It has brought the token, or needs none; of all others an access key is needed. */
  readonly isTrusted: boolean;
}

const maxHeaders = 200;
const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];
/** Underscore spellings that some servers read as the real header: a client that means well never sends them. */
const underscored = new Set(
  [
    'host',
    'connection',
    'content-length',
    'transfer-encoding',
    'authorization',
    'x-api-key',
    'x-goog-api-key',
    'expect',
  ]
    .filter((name) => name.includes('-'))
    .map((name) => name.replaceAll('-', '_')),
);
const tokenHeaders = new Set(['x-tokenpak-key', 'authorization', 'x-api-key', 'x-goog-api-key']);

interface Seen {
  host: string | null;
  hosts: number;
  origin: string | null;
  site: string | null;
  referer: string | null;
  transferEncoding: string | null;
  expect: string | null;
}

/**
 * Makes the check that stands before everything else: a page in the user's browser, a rebound name or a smuggled request
 * must not reach a provider. Throws; what passes is the list of headers, without the token.
 */
export function createGuard(options: GuardOptions): (head: RequestHead) => Guarded {
  const expected = options.token === null ? null : digest(options.token);
  return (head) => {
    if (head.headers.length > maxHeaders * 2)
      throw new ProxyError('headers_too_large', `more than ${maxHeaders} headers`);
    const seen = look(head.headers);
    checkHost(seen, options);
    checkWebPage(seen, options.port());
    checkFraming(seen, head);
    return expected === null ? { headers: head.headers, isTrusted: true } : withoutToken(head.headers, expected);
  };
}

function look(headers: readonly string[]): Seen {
  const seen: Seen = {
    host: null,
    hosts: 0,
    origin: null,
    site: null,
    referer: null,
    transferEncoding: null,
    expect: null,
  };
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    // Only names of these lengths can matter: most of a client's dozen headers are passed over unread.
    switch (name.length) {
      case 4:
      case 6:
      case 7:
      case 9:
      case 10:
      case 11:
      case 13:
      case 14:
      case 17:
        note(seen, name.toLowerCase(), headers[index + 1] as string);
    }
  }
  return seen;
}

function note(seen: Seen, name: string, value: string): void {
  if (name === 'host') {
    seen.hosts++;
    seen.host = value;
  } else if (name === 'origin') seen.origin = joined(seen.origin, value);
  else if (name === 'sec-fetch-site') seen.site = joined(seen.site, value);
  else if (name === 'referer') seen.referer = joined(seen.referer, value);
  else if (name === 'transfer-encoding') seen.transferEncoding = joined(seen.transferEncoding, value);
  else if (name === 'expect') seen.expect = joined(seen.expect, value);
  else if (name.includes('_') && underscored.has(name)) {
    throw new ProxyError('bad_framing', `the header ${name} is not accepted`);
  }
}

/** A header that stands twice is one list (RFC 9110, 5.3): so none of its values can hide behind another. */
function joined(earlier: string | null, value: string): string {
  return earlier === null ? value : `${earlier}, ${value}`;
}

function checkHost({ host, hosts }: Seen, options: GuardOptions): void {
  if (hosts !== 1 || host === null) throw new ProxyError('bad_framing', 'exactly one Host header is needed');
  const name = host.toLowerCase();
  const port = String(options.port());
  for (const loopback of loopbackHosts) {
    if (isHostAndPort(name, loopback, port) || (port === '80' && name === loopback)) return;
  }
  if (options.allowedHosts.some((allowed) => name === allowed || isHostAndPort(name, allowed, port))) return;
  throw new ProxyError(
    'forbidden_host',
    'this address is not one that tokenpak answers to (listen.allowedHosts adds one)',
  );
}

function isHostAndPort(name: string, host: string, port: string): boolean {
  return name.length === host.length + 1 + port.length && name === `${host}:${port}`;
}

function checkWebPage({ origin, site, referer }: Seen, port: number): void {
  // No client but a browser sends any of them.
  if (origin === null && site === null && referer === null) return;
  const own = [`http://127.0.0.1:${port}`, `http://localhost:${port}`, `http://[::1]:${port}`];
  const foreignOrigin = origin !== null && !own.includes(origin);
  const foreignSite = site !== null && site !== 'none' && site !== 'same-origin';
  const foreignReferer = origin === null && referer !== null && !own.some((prefix) => referer.startsWith(`${prefix}/`));
  if (foreignOrigin || foreignSite || foreignReferer) {
    throw new ProxyError('forbidden_origin', 'requests from web pages are not accepted');
  }
}

function checkFraming({ transferEncoding, expect }: Seen, head: RequestHead): void {
  if (transferEncoding !== null) {
    if (head.httpVersion === '1.0') throw new ProxyError('bad_framing', 'HTTP/1.0 has no transfer codings');
    if (transferEncoding.toLowerCase() !== 'chunked') {
      throw new ProxyError('unsupported_framing', 'the only transfer coding accepted is chunked');
    }
  }
  if (expect !== null && expect.toLowerCase() !== '100-continue') {
    throw new ProxyError('expectation', 'the only expectation known is 100-continue');
  }
}

/** Takes the token off the headers, wherever a client can put it, so that it never reaches a provider. */
function withoutToken(headers: readonly string[], expected: Buffer): Guarded {
  const kept: string[] = [];
  let found = false;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const given = tokenHeaders.has(name.toLowerCase()) ? value.replace(/^Bearer +/i, '') : null;
    if (given !== null && timingSafeEqual(digest(given), expected)) found = true;
    else kept.push(name, value);
  }
  return { headers: kept, isTrusted: found };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
