import { proxyFromEnvironment } from '../../../proxy/config/proxy-variables.ts';
import { writeExports } from '../../shell-syntax.ts';
import type { Check } from '../check.ts';
import { ok, warn } from '../finding.ts';

const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
const loopbackNames = ['localhost', '127.0.0.1', '::1'];

/** Whether an HTTP proxy stands between the clients of this shell and the proxy on this machine. */
export const proxyEnv: Check = {
  id: 'proxy.env',
  group: 'network',
  run: ({ env, port }) => {
    const set = variables.filter((name) => valueOf(env, name) !== '');
    if (set.length === 0) return ok('no HTTP proxy is set');
    // Clients differ in which of them they take for http:// and whether they know ALL_PROXY: one alone is enough.
    const all = { http_proxy: 'http://any', no_proxy: valueOf(env, 'NO_PROXY') };
    const caught = ['localhost', '127.0.0.1'].filter((host) => proxyFromEnvironment(`http://${host}:${port}`, all));
    if (caught.length === 0) return ok(`${set.join(', ')} is set, and NO_PROXY keeps it from this machine`);
    const listed = valueOf(env, 'NO_PROXY')
      .split(/[\s,]+/u)
      .filter(Boolean);
    const wanted = [...new Set([...listed, ...loopbackNames])].join(',');
    return warn(
      `${set.join(', ')} is set, and NO_PROXY does not name ${caught.join(' and ')}`,
      'Clients ask that proxy for this machine, and it does not find what runs here, or finds its own.',
      [writeExports('bash', { NO_PROXY: wanted, no_proxy: wanted }).replaceAll('\n', '; ')],
    );
  },
};

function valueOf(env: Readonly<NodeJS.ProcessEnv>, name: string): string {
  return (env[name.toLowerCase()]?.trim() || env[name]?.trim()) ?? '';
}
