import { boundedName } from '../request-json.ts';

/** A header as it is shown. */
export type ShownHeader = readonly [name: string, value: string];

const maxHeaders = 64;
const maxValueCharacters = 256;
/** What is shorter than that stands in other texts by chance. */
const minCredentialCharacters = 8;
/** So much of a credential in a row is a part of it. */
const pieceCharacters = 12;
const redacted = '[redacted]';

/** Headers whose values say how a request was made and answered, and nothing of who asks or what. */
const shown = new Set([
  ...[
    'accept',
    'accept-encoding',
    'accept-language',
    'cache-control',
    'connection',
    'content-encoding',
    'content-length',
  ],
  ...[
    'content-type',
    'date',
    'expect',
    'host',
    'keep-alive',
    'server',
    'transfer-encoding',
    'user-agent',
    'vary',
    'via',
  ],
  ...['age', 'retry-after', 'x-should-retry', 'retry-after-ms', 'x-robots-tag', 'strict-transport-security'],
  ...['anthropic-version', 'anthropic-beta', 'anthropic-dangerous-direct-browser-access', 'x-app', 'originator'],
  ...['openai-beta', 'openai-version', 'openai-processing-ms', 'openai-model', 'x-goog-api-client', 'version'],
  ...[
    'request-id',
    'x-request-id',
    'x-client-request-id',
    'cf-ray',
    'cf-cache-status',
    'x-envoy-upstream-service-time',
  ],
]);
const shownPrefixes = ['x-stainless-', 'anthropic-ratelimit-', 'x-ratelimit-'];
const credentialName = /key|token|secret|auth|cookie|session|password|credential|signature/;
const scheme = /^(?:bearer|basic|digest|negotiate|token|aws4-hmac-sha256)(?= )/i;

export interface RawHeaders {
  /** Raw names and values. */
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/**
 * Headers as anybody who may ask the proxy may see them: an open list of names, and values only of those that are known
 * to hold no credential and nothing private. A credential that came with them hides whatever it stands in.
 *
 * @param redact takes out of a text whatever looks like a credential
 */
export function redactedHeaders(
  { request, response }: RawHeaders,
  redact: (text: string) => string,
): { readonly request: ShownHeader[]; readonly response: ShownHeader[] } {
  const holdsCredential = credentialFinder([...request, ...response]);
  const clean = (text: string): string => (holdsCredential(text) ? redacted : boundedName(redact(text)));
  return { request: shownOf(request, clean), response: shownOf(response, clean) };
}

function shownOf(headers: readonly string[], clean: (text: string) => string): ShownHeader[] {
  const pairs: ShownHeader[] = [];
  for (let index = 0; index + 1 < headers.length && pairs.length < maxHeaders; index += 2) {
    const [name, value] = [headers[index]!, headers[index + 1]!];
    pairs.push([clean(name), isShown(name.toLowerCase()) ? cut(clean(value)) : hidden(name, value)]);
  }
  return pairs;
}

function isShown(name: string): boolean {
  if (shownPrefixes.some((prefix) => name.startsWith(prefix))) return true;
  return shown.has(name) && !credentialName.test(name);
}

/** How it authorizes may be seen, not what with. */
function hidden(name: string, value: string): string {
  const [how] = /^(?:proxy-)?authorization$/i.test(name) ? (scheme.exec(value) ?? []) : [];
  return how === undefined ? redacted : `${how} ${redacted}`;
}

/** Tells of a text whether a credential that came with the headers stands in it, whole or in part. */
function credentialFinder(headers: readonly string[]): (text: string) => boolean {
  const short: string[] = [];
  const pieces = new Set<string>();
  for (const word of credentialsIn(headers)) {
    if (word.length < pieceCharacters) short.push(word);
    for (const piece of piecesOf(word)) pieces.add(piece);
  }
  return (text) => short.some((word) => text.includes(word)) || piecesOf(text).some((piece) => pieces.has(piece));
}

/** The words of what stands under a credential's name: a provider may repeat them, or a part of them, where nobody expects it. */
function credentialsIn(headers: readonly string[]): string[] {
  const values = headers.filter((_, index) => {
    const name = index % 2 === 1 ? headers[index - 1]!.toLowerCase() : '';
    return credentialName.test(name) && !isShown(name);
  });
  return values.flatMap((value) => value.split(/[\s,;="]+/)).filter((word) => word.length >= minCredentialCharacters);
}

function piecesOf(text: string): string[] {
  const count = Math.max(0, text.length - pieceCharacters + 1);
  return Array.from({ length: count }, (_, start) => text.slice(start, start + pieceCharacters));
}

function cut(value: string): string {
  return value.slice(0, maxValueCharacters);
}
