import { localUrl } from './presence.ts';
import { product } from './product.ts';
import type { Ready } from './proxy-thread.ts';
import type { StartFlags } from './start-options.ts';
import type { Terminal } from './terminal.ts';

export interface WelcomeOptions {
  readonly ready: Ready;
  readonly flags: StartFlags;
  readonly demo: boolean;
  readonly exposed: boolean;
}

/** Says where the proxy listens and how to use it. */
export function welcome({ color, print }: Terminal, { ready, flags, demo, exposed }: WelcomeOptions): void {
  const url = localUrl(ready);
  print(`${color.bold(`${product.name} ${product.version}`)} listening on ${color.cyan(url)}  (pid ${process.pid})`);
  if (demo) {
    print('  demo          synthetic traffic, no key, no network; nothing is kept');
    return;
  }
  if (exposed) print(`  ${color.yellow('exposed')}       others can reach it; every request needs the token`);
  const home = flags.home === undefined ? '' : ` --home ${flags.home}`;
  print(`  clients       eval "$(tokenpak env${home})"`);
  print(`  totals        tokenpak status${home}`);
}
