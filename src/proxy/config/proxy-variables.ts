/**
 * The HTTP proxy that the environment names for a provider, or null: `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme,
 * unless `NO_PROXY` lists its host (https://curl.se/docs/manpage.html, ENVIRONMENT). Lower-case names stand first, as
 * with curl.
 */
export function proxyFromEnvironment(url: string, env: NodeJS.ProcessEnv): string | null {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const proxy = variable(env, `${scheme}_proxy`);
  if (proxy === null || isExempt(hostname, port, variable(env, 'no_proxy') ?? '')) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function variable(env: NodeJS.ProcessEnv, name: string): string | null {
  return env[name]?.trim() || env[name.toUpperCase()]?.trim() || null;
}

/** Entries are separated by commas or spaces: `*`, a host, or a domain with all below it, each with or without a port. */
function isExempt(hostname: string, port: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/u)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, host = '', entryPort] = /^(.*?)(?::(\d+))?$/u.exec(entry) ?? [];
      if (entryPort !== undefined && entryPort !== port) return false;
      const domain = host.replace(/^\*?\./u, '');
      return host === '*' || hostname === domain || hostname.endsWith(`.${domain}`);
    });
}
