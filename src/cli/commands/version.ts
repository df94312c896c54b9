import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { product } from '../product.ts';

export function versionCommand({ terminal }: CommandContext): Command {
  return new Command('version')
    .description('Print the version of tokenpak.')
    .option('--json', 'as JSON, with the versions of Node.js and the platform')
    .action((options: { json?: true }) => {
      if (options.json) {
        const { platform, arch, versions } = process;
        terminal.json({ version: 1, tokenpak: product.version, node: versions.node, platform, arch });
      } else {
        terminal.print(`${product.name} ${product.version}`);
      }
    });
}
