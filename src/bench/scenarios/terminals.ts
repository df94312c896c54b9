import type { TerminalSize } from '../watched-tokenpak.ts';

/** The sizes for which the dashboard has its targets. */
export const busyTerminal: TerminalSize = { columns: 140, rows: 40 };
export const calmTerminal: TerminalSize = { columns: 80, rows: 24 };
