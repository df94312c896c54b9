export { totalsFileName } from './checkpoint.ts';
export { DataDirectoryError } from './private-directory.ts';
export { type Ledger, type LedgerSettings, openLedger } from './ledger.ts';
export { inspectLedger, type Inspection } from './inspect.ts';
export { createLedgerReader } from './reader.ts';
export { type Grouping, groupings, type Sum, type Sums, sumLedger } from './sums.ts';
export { totalsJson } from './totals.ts';
