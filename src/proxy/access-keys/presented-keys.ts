import { accessKeyLength, accessKeyPrefix, holdsAccessKey } from '../access-key.ts';
import { ProxyError } from '../errors.ts';

/** A request's head without the access keys that stood in it. */
export interface PresentedKeys {
  readonly url: string;
  readonly headers: readonly string[];
  /** As they came, known or not; none twice. */
  readonly keys: readonly string[];
}

/** Where a client can put a credential. */
const credentialHeaders = new Set(['authorization', 'x-api-key', 'x-goog-api-key', 'x-tokenpak-key']);
/** What is forwarded to nobody, and still says which header the client has its credential in. */
const placeholder = 'tokenpak';
const queryKey = 'key';

const anyKey = /(?<![\w-])tpk_[\w-]*/g;
const basic = /^basic\s+([A-Za-z0-9+/=_-]+)\s*$/i;

/**
 * Takes the access keys out of a request's head, so that nobody behind can forward, log or record one: out of every
 * credential header and `?key=`. A header that holds one elsewhere is left out. A key in the path stays for the router.
 * @returns null where there is none, which costs a look at three or four headers
 * @throws ProxyError `invalid_request` where the query has one in another place
 */
export function takeKeys(url: string, headers: readonly string[]): PresentedKeys | null {
  const keys: string[] = [];
  const masked = maskedHeaders(headers, keys);
  const cleaned =
    url.includes('?') && (url.includes(accessKeyPrefix) || url.includes('%')) ? maskedUrl(url, keys) : url;
  if (masked === null && cleaned === url) return null;
  return { url: cleaned, headers: masked ?? headers, keys: keys.length < 2 ? keys : [...new Set(keys)] };
}

/** The headers without keys, which are added to `keys`; null where there is none. */
function maskedHeaders(headers: readonly string[], keys: string[]): string[] | null {
  let masked: string[] | null = null;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    const fate = fateOf(name, value, keys);
    if (fate === 'kept') masked?.push(name, value);
    else {
      masked ??= headers.slice(0, index);
      if (fate === 'masked') masked.push(name, placeholder);
    }
  }
  return masked;
}

function fateOf(name: string, value: string, keys: string[]): 'kept' | 'masked' | 'dropped' {
  const { length } = name;
  // The lengths of the credential headers: most others are passed over unread.
  if ((length === 13 || length === 9 || length === 14) && holdsKeys(name, value, keys)) return 'masked';
  if (value.length >= accessKeyLength && holdsAccessKey(value)) return 'dropped';
  return length >= accessKeyLength && holdsAccessKey(name) ? 'dropped' : 'kept';
}

function holdsKeys(name: string, value: string, keys: string[]): boolean {
  // The usual case, and the quickest: nothing else but the key.
  if (value.length === accessKeyLength && holdsAccessKey(value) && credentialHeaders.has(name.toLowerCase())) {
    keys.push(value);
    return true;
  }
  const isBasic = basic.test(value);
  if (!isBasic && !value.includes(accessKeyPrefix)) return false;
  if (!credentialHeaders.has(name.toLowerCase())) return false;
  const found = (isBasic ? decodedBasic(value) : value).match(anyKey);
  if (found) keys.push(...found);
  return found !== null;
}

/** A key as the user or the password of a URL comes as `Basic` and base64. */
function decodedBasic(value: string): string {
  return Buffer.from(basic.exec(value)?.[1] ?? '', 'base64').toString('latin1');
}

/** The URL without the keys of its query, which are added to `keys`. */
function maskedUrl(url: string, keys: string[]): string {
  const queryAt = url.indexOf('?');
  const parameters = url
    .slice(queryAt + 1)
    .split('&')
    .map((parameter) => maskedParameter(parameter, keys));
  return `${url.slice(0, queryAt)}?${parameters.join('&')}`;
}

function maskedParameter(parameter: string, keys: string[]): string {
  const text = decoded(parameter);
  if (!text.includes(accessKeyPrefix)) return parameter;
  const end = text.indexOf('=');
  const found = text.slice(0, end) === queryKey ? text.slice(end + 1).match(anyKey) : null;
  if (found) {
    keys.push(...found);
    return `${queryKey}=${placeholder}`;
  }
  if (!holdsAccessKey(text)) return parameter;
  throw new ProxyError('invalid_request', 'an access key stands in the query where none is read; expected ?key=');
}

/** Escape by escape: one that is broken hides none of the others. A key has nothing but ASCII. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
