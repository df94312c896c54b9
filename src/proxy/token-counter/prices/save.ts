import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PriceFile } from './price-row.ts';

/** Writes a price file that only its user can read; whoever reads it meanwhile sees the old one or the new one, whole. */
export async function savePriceFile(file: string, content: PriceFile): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
