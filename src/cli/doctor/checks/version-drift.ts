import { product } from '../../product.ts';
import type { Check } from '../check.ts';
import { ok, skip, warn } from '../finding.ts';

/** Whether the running proxy is of the version that is installed. */
export const versionDrift: Check = {
  id: 'version.drift',
  group: 'install',
  run: ({ proxy }) => {
    if (proxy === null) return skip(`${product.name} ${product.version}, no proxy runs`);
    const { version, port } = proxy.file;
    if (version === product.version) return ok(`${product.name} ${version}, installed and running`);
    return warn(
      `the proxy on port ${port} is ${version}, installed is ${product.version}`,
      'It goes on with the code that it was started with.',
      [`tokenpak restart --port ${port}`],
    );
  },
};
