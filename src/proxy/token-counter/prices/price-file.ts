import type { z } from 'zod';
import type { PriceFile, PriceRow } from './price-row.ts';
import { priceFile, priceRow } from './schema.ts';

export interface CheckedPriceFile extends PriceFile {
  /** What is wrong, a line each; a row that is named here is left out. */
  readonly problems: readonly string[];
}

/** Reads a price file's text. Rows are judged one by one: those that are right are there, whatever is wrong with others. */
export function parsePriceFile(text: string): CheckedPriceFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ...empty, problems: [`not JSON: ${(error as Error).message}`] };
  }
  const file = priceFile.safeParse(json);
  if (!file.success) return { ...empty, problems: complaints(file.error) };
  const checked = checkRows(file.data.rows);
  return { version: 1, as_of: file.data.as_of, rows: checked.rows, problems: checked.problems };
}

/** Judges rows one by one, and whether two of one model hold at the same time. */
export function checkRows(candidates: readonly unknown[]): { rows: PriceRow[]; problems: string[] } {
  const rows: PriceRow[] = [];
  const problems: string[] = [];
  candidates.forEach((candidate, index) => {
    const result = priceRow.safeParse(candidate);
    const name = `row ${index + 1}${nameOf(candidate)}`;
    if (!result.success) problems.push(...complaints(result.error).map((complaint) => `${name}: ${complaint}`));
    else if (rows.some((row) => overlaps(row, result.data)))
      problems.push(`${name}: another row holds in the same time`);
    else rows.push(result.data);
  });
  return { rows, problems };
}

const empty = { version: 1, as_of: '1970-01-01', rows: [] } as const;

function complaints(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
}

function nameOf(candidate: unknown): string {
  if (typeof candidate !== 'object' || candidate === null) return '';
  const { provider, id } = candidate as Partial<PriceRow>;
  return ` (${String(provider)} ${String(id)})`;
}

function overlaps(a: PriceRow, b: PriceRow): boolean {
  if (a.provider !== b.provider || a.id !== b.id) return false;
  return (a.to === null || b.from === null || b.from < a.to) && (b.to === null || a.from === null || a.from < b.to);
}
