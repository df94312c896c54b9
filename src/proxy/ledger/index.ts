export { DataDirectoryError } from './private-directory.ts';
export { type DayTotalsJson, type Ledger, type LedgerHealth, type LedgerSettings, openLedger } from './ledger.ts';
export { type LedgerEntry, type LedgerReader, type ReadOptions, createLedgerReader } from './reader.ts';
export type { DayJson, RowJson } from './day-book.ts';
export type { TotalsJson } from './totals.ts';
