import { isIP } from 'node:net';
import { isForbiddenAddress } from './addresses.ts';

/** A provider's base URL, taken apart once. */
export interface BaseUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  /** What stands before a request's path: '' or, say, '/api/v1'. */
  readonly path: string;
  /** It ends in a version: requests come without theirs. */
  readonly versioned: boolean;
  /** It names a loopback host by itself, so that connections there are what the user asked for. */
  readonly loopback: boolean;
}

/** What the user said of the provider. */
export interface Reach {
  readonly local: boolean;
  readonly insecure: boolean;
}

const version = /\/v\d+[a-z0-9]*(?:\/openai)?$/;
const leadingVersion = /^\/v1(?:beta)?(?=\/)/;
const metadataNames = /^(?:metadata|metadata\.goog|metadata\.google\.internal|instance-data(?:\.ec2\.internal)?)$/;

/** Takes a base URL apart, or says in words for its owner what is wrong with it. */
export function parseBaseUrl(text: string, reach: Reach): BaseUrl | { readonly problem: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const problem = url === null ? 'expected a URL such as https://api.example.com' : problemOf(text, url, reach);
  if (url === null || problem !== null) return { problem: problem ?? '' };
  const path = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, path, versioned: version.test(path), loopback: isLoopback(hostOf(url)) };
}

/** What is wrong with a base URL, or null. */
export function baseUrlProblem(text: string, reach: Reach): string | null {
  const base = parseBaseUrl(text, reach);
  return 'problem' in base ? base.problem : null;
}

/** The path to ask a provider for. */
export function joinPath(base: BaseUrl, path: string): string {
  return base.path + (base.versioned ? path.replace(leadingVersion, '') : path);
}

function problemOf(text: string, url: URL, reach: Reach): string | null {
  return spellingProblem(text, url) ?? hostProblem(url, reach);
}

/** What is wrong with how the URL is written. */
function spellingProblem(text: string, url: URL): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected https:// or http://';
  if (/[\s\\]/.test(text)) return 'expected no spaces and no backslashes';
  if (url.username !== '' || url.password !== '')
    return 'expected no credentials in the URL; apiKeyEnv names a variable for them';
  if (/[?#]/.test(text)) return 'expected no query and no fragment';
  return null;
}

/** What is wrong with the host that it names. */
function hostProblem(url: URL, { local, insecure }: Reach): string | null {
  const host = hostOf(url);
  if (metadataNames.test(host)) return 'metadata services are never asked';
  const isLocal = local || isLoopback(host);
  if (isIP(host) !== 0 && isForbiddenAddress(host, { local: isLocal })) {
    return isForbiddenAddress(host, { local: true })
      ? 'link-local, multicast and metadata addresses are never asked'
      : 'a private address needs local: true';
  }
  if (url.protocol === 'http:' && !isLocal && !insecure) return 'http:// needs local: true, or insecure: true';
  return null;
}

/** Without the brackets of IPv6 and the dot of a fully qualified name. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}
