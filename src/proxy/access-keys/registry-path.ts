import { join } from 'node:path';

/** Where the registry lies: a JSON file that commands change and a running proxy reads. */
export function registryPath(dataDir: string): string {
  return join(dataDir, 'access-keys.json');
}
