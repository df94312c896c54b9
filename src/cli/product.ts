import { readFileSync } from 'node:fs';
import { productName } from '../proxy/product-name.ts';

const manifest = new URL('../../package.json', import.meta.url);

/** What this program is, for its own messages. */
export const product = {
  name: productName,
  version: (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version,
} as const;
