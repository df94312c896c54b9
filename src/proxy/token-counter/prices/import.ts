import { priceChanges, rowOn } from './compare.ts';
import { liteLlmCatalogue } from './litellm.ts';
import { checkRows, parsePriceFile } from './price-file.ts';
import type { PriceFile, PriceRow } from './price-row.ts';
import { overriding } from './load.ts';

export type CatalogueFormat = 'tokenpak' | 'litellm';

export interface ImportRequest {
  /** The catalogue's text. */
  readonly text: string;
  readonly format: CatalogueFormat;
  /** The user's rows so far. */
  readonly own: readonly PriceRow[];
  readonly shipped: readonly PriceRow[];
  /** Providers that are configured; of a foreign catalogue, rows of others are left out. */
  readonly providers: readonly string[];
  /** Today, UTC. */
  readonly day: string;
}

export interface ImportResult {
  /** The user's new file. */
  readonly file: PriceFile;
  readonly imported: number;
  /** Rows that say what the shipped ones say: those stay, since they know more, such as days of change. */
  readonly known: number;
  readonly problems: readonly string[];
}

/** Takes rows over from a catalogue: they replace the user's rows of the same models, and all others stay. */
export function importPrices(request: ImportRequest): ImportResult {
  const { rows, problems } = request.format === 'litellm' ? fromLiteLlm(request) : parsePriceFile(request.text);
  const taken = rows.filter((row) => request.format === 'tokenpak' || !saysWhatIsShipped(row, request));
  const file: PriceFile = { version: 1, as_of: request.day, rows: overriding(request.own, taken) };
  return { file, imported: taken.length, known: rows.length - taken.length, problems };
}

function fromLiteLlm({ text, providers }: ImportRequest): { rows: readonly PriceRow[]; problems: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { rows: [], problems: [`not JSON: ${(error as Error).message}`] };
  }
  const catalogue = liteLlmCatalogue(json, (provider) => providers.includes(provider));
  const checked = checkRows(catalogue.rows);
  return { rows: checked.rows, problems: [...catalogue.problems, ...checked.problems] };
}

function saysWhatIsShipped(row: PriceRow, { shipped, day }: ImportRequest): boolean {
  const known = rowOn(shipped, row, day);
  return known !== undefined && priceChanges(known, row, 'told') === '';
}
