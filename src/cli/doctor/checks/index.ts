import type { Check } from '../check.ts';
import { nodeVersion } from './node-version.ts';

/** A check, and what it is about: docs/doctor.md is made of these. */
interface CheckRow {
  readonly check: Check;
  readonly means: string;
}

const row = (check: Check, means: string): CheckRow => ({ check, means });

/** Every check, in the order of the report. */
export const checkTable: readonly CheckRow[] = [
  row(nodeVersion, 'Node.js is 20.19 or later; a release of 20 before 20.20.2 lacks security fixes.'),
];
