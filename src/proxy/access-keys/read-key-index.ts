import { systemFiles, errorCode, errorText } from '../file-system.ts';
import type { KeyIndex } from './key-index.ts';

type ReadIndex = { readonly index: KeyIndex | null } | { readonly problem: string };

/** Reads the registry's file. Where there is none, nothing is loaded that it would take to read one. */
export async function readKeyIndex(file: string): Promise<ReadIndex> {
  try {
    await systemFiles.statusOf(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { index: null };
    return { problem: `${file} cannot be read: ${errorText(error)}` };
  }
  const [{ readRegistry }, { KeyIndex }] = await Promise.all([import('./registry/index.ts'), import('./key-index.ts')]);
  try {
    return { index: new KeyIndex(await readRegistry(file)) };
  } catch (error) {
    return { problem: errorText(error) };
  }
}
