import { readFile } from 'node:fs/promises';
import type { PriceFile, PriceRow } from './price-row.ts';
import { priceTable, type PriceTable } from './price-table.ts';

export interface LoadedPrices {
  readonly table: PriceTable;
  /** What is wrong with the user's file, a line each; its other rows count. */
  readonly problems: readonly string[];
}

const shippedFile = new URL('../../../../templates/prices.json', import.meta.url);

/** The rows that tokenpak is shipped with. */
export async function shippedPrices(): Promise<PriceFile> {
  return JSON.parse(await readFile(shippedFile, 'utf8')) as PriceFile;
}

/**
 * The shipped rows, and those of the user's file before them.
 *
 * @param userFile Its path, or null; a file that is not there counts as empty.
 */
export async function loadPrices(userFile: string | null): Promise<LoadedPrices> {
  const shipped = await shippedPrices();
  const text = userFile === null ? null : await readIfThere(userFile);
  if (text === null) return { table: priceTable(shipped.rows), problems: [] };
  // The schema's library is worth loading only for a file that a person wrote.
  const { parsePriceFile } = await import('./price-file.ts');
  const { rows, problems } = parsePriceFile(text);
  return { table: priceTable(overriding(shipped.rows, rows)), problems };
}

/** The user's rows of a model replace all shipped rows of it. */
export function overriding(shipped: readonly PriceRow[], own: readonly PriceRow[]): PriceRow[] {
  const replaced = new Set(own.map(nameOf));
  return [...own, ...shipped.filter((row) => !replaced.has(nameOf(row)))];
}

/** A file's text, or null where there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function nameOf({ provider, id }: PriceRow): string {
  return JSON.stringify([provider, id]);
}
