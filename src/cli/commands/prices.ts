import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { createSecrets, loadConfig } from '../../proxy/config/index.ts';
import {
  checkPrices,
  dayOf,
  holdsOn,
  importPrices,
  overriding,
  parsePriceFile,
  readIfThere,
  savePriceFile,
  shippedPrices,
  type CatalogueFormat,
  type CheckedPriceFile,
  type PriceRow,
} from '../../proxy/token-counter/prices/index.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { product } from '../product.ts';
import type { Terminal } from '../terminal.ts';

interface Place {
  readonly file: string;
  /** Whether the configuration names it: only then the proxy reads it. */
  readonly isNamed: boolean;
  readonly providers: readonly string[];
}

const maxCatalogueBytes = 32 * 1024 * 1024;

export function pricesCommand({ terminal, globals }: CommandContext): Command {
  const command = new Command('prices')
    .description('The prices that costs come from: shipped rows, and your own file before them.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tokenpak prices list claude\n  $ tokenpak prices check\n  $ tokenpak prices import prices.json --from litellm',
    );
  command
    .command('list')
    .description('The rows that hold today, in dollars per million tokens.')
    .argument('[text]', 'only models or providers with this in their name')
    .option('--json', 'as JSON')
    .action(async (text: string | undefined, { json }: { json?: true }) => {
      const rows = await rowsToday(await placeOf(globals()), text ?? '');
      if (json) return terminal.json({ version: 1, rows });
      for (const line of priceLines(rows)) terminal.print(line);
      if (rows.length > 0) terminal.note(legend);
    });
  command
    .command('check')
    .description('How your rows differ from the shipped ones, and what changes within 30 days.')
    .action(async () => check(await placeOf(globals()), terminal));
  command
    .command('import')
    .description('Take rows over into your own file.')
    .argument('<file>', 'a price file, or a catalogue of another kind')
    .addOption(
      new Option('--from <kind>', 'what kind of catalogue it is').choices(['tokenpak', 'litellm']).default('tokenpak'),
    )
    .action(async (file: string, { from }: { from: CatalogueFormat }) => {
      await importFile(await placeOf(globals()), { file, format: from }, terminal);
    });
  return command;
}

/** Keys are taken out of what is read, so with a copy of the environment. */
async function placeOf(flags: { config?: string; home?: string }): Promise<Place> {
  const env = { ...process.env };
  const { config } = await loadConfig({
    env,
    flags,
    secrets: createSecrets(env),
    version: product.version,
    demo: false,
  });
  const beside = path.join(path.dirname(config.paths.configFile), 'prices.json');
  return {
    file: config.pricesFile ?? beside,
    isNamed: config.pricesFile !== null,
    providers: Object.keys(config.providers),
  };
}

async function ownPrices({ file }: Place): Promise<CheckedPriceFile | null> {
  const text = await readIfThere(file);
  return text === null ? null : parsePriceFile(text);
}

async function rowsToday(place: Place, text: string): Promise<PriceRow[]> {
  const [shipped, own] = await Promise.all([shippedPrices(), ownPrices(place)]);
  const today = dayOf(Date.now());
  return overriding(shipped.rows, own?.rows ?? []).filter(
    (row) => holdsOn(row, today) && !row.demo && `${row.provider} ${row.id}`.includes(text),
  );
}

const columns = ['provider', 'model', 'above', 'input', 'read', 'write', 'write 1h', 'output', 'until', 'source'];

const legend = 'dollars per million tokens; above: from so many input tokens on; =: as input; ?: not known; -: none';

/** A line for each tier, with a heading. A price that is not known is shown as `?`, a write that costs what input costs as `=`. */
export function priceLines(rows: readonly PriceRow[]): string[] {
  const cells = rows.flatMap(({ provider, id, tiers, to, source }) =>
    tiers.map((tier) => [
      provider,
      id,
      tier.above === 0 ? '' : String(tier.above),
      tier.input,
      tier.cache_read ?? '?',
      tier.cache_write ?? '=',
      tier.cache_write_1h ?? (tier.cache_write === null ? '=' : '-'),
      tier.output,
      to ?? '',
      source ?? '',
    ]),
  );
  const table = [columns, ...cells];
  const widths = columns.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

async function check(place: Place, terminal: Terminal): Promise<void> {
  const [shipped, own] = await Promise.all([shippedPrices(), ownPrices(place)]);
  for (const line of checkPrices(shipped, own, Date.now())) terminal.print(line);
  noteUnread(place, own !== null, terminal);
  if (own && own.problems.length > 0) throw new CommandError(exitCodes.failed, wrong(place.file, own.problems));
}

async function importFile(
  place: Place,
  { file, format }: { file: string; format: CatalogueFormat },
  terminal: Terminal,
): Promise<void> {
  const [shipped, own, text] = await Promise.all([shippedPrices(), ownPrices(place), readCatalogue(file)]);
  // What cannot be read now would be lost by writing the file anew.
  if (own && own.problems.length > 0) throw new CommandError(exitCodes.failed, wrong(place.file, own.problems));
  const result = importPrices({
    text,
    format,
    providers: place.providers,
    day: dayOf(Date.now()),
    own: own?.rows ?? [],
    shipped: shipped.rows,
  });
  for (const problem of result.problems) terminal.warn(problem);
  if (result.imported > 0) await savePriceFile(place.file, result.file);
  const known = result.known === 0 ? '' : `; ${result.known} say what the shipped rows say`;
  terminal.print(`${result.imported} ${result.imported === 1 ? 'row' : 'rows'} imported into ${place.file}${known}`);
  noteUnread(place, result.imported > 0, terminal);
  if (result.imported + result.known === 0) {
    throw new CommandError(exitCodes.failed, `${file} holds no row that could be imported (read as ${format})`);
  }
}

async function readCatalogue(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= maxCatalogueBytes) return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(exitCodes.failed, `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new CommandError(
    exitCodes.failed,
    `${file} is larger than ${maxCatalogueBytes / 1024 / 1024} MiB, which no catalogue is`,
  );
}

function noteUnread(place: Place, exists: boolean, terminal: Terminal): void {
  if (exists && !place.isNamed) terminal.note(`The proxy reads it once the configuration says: prices: ${place.file}`);
}

function wrong(file: string, problems: readonly string[]): string {
  return [`${file} has rows that do not count:`, ...problems].join('\n  ');
}
