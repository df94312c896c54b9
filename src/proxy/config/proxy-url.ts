export const proxyExpectation = 'env, or an http:// or https:// URL without credentials (those belong in HTTPS_PROXY)';

/** `env`, or the URL of an HTTP proxy that holds no password. */
export function isProxyUrl(text: string): boolean {
  if (text === 'env') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname } = new URL(text);
  return /^https?:$/u.test(protocol) && username === '' && password === '' && pathname === '/';
}
