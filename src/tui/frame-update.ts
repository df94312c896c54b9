import { type CellRow, cellRow, emptyRow } from './cell-row.ts';
import { findShift, shifted } from './row-shift.ts';
import { RowWriter } from './row-writer.ts';

/** A row as it stands on the terminal. */
export interface ShownRow {
  readonly painted: string;
  readonly cells: CellRow;
}

export interface FrameUpdate {
  /** What turns one frame into the other; empty where they are the same. */
  readonly text: string;
  /** What the terminal shows then. */
  readonly shown: readonly ShownRow[];
}

const blankRow: ShownRow = { painted: '', cells: emptyRow };

export function blankRows(count: number): readonly ShownRow[] {
  return Array.from({ length: count }, () => blankRow);
}

/** Turns what is shown into a frame of as many rows of at most so many columns, in the fewest bytes it knows. */
export function frameUpdate(shown: readonly ShownRow[], frame: readonly string[], columns: number): FrameUpdate {
  const parsed = new Map<string, CellRow>();
  const next = shown.map((row, index): ShownRow => {
    const painted = frame[index] ?? '';
    if (painted === row.painted) return row;
    const cells = parsed.get(painted) ?? cellRow(painted, columns);
    parsed.set(painted, cells);
    return { painted, cells };
  });
  const inPlace = new RowWriter(columns);
  writeRows(inPlace, shown, next);
  const texts = [inPlace.finish()];
  const shift = findShift(
    shown.map(({ painted }) => painted),
    next.map(({ painted }) => painted),
  );
  if (shift !== null) {
    const moving = new RowWriter(columns);
    moving.shift(shift);
    writeRows(moving, shifted(shown, shift, blankRow), next);
    texts.push(moving.finish());
  }
  return { text: texts.reduce((best, text) => (text.length < best.length ? text : best)), shown: next };
}

function writeRows(writer: RowWriter, before: readonly ShownRow[], after: readonly ShownRow[]): void {
  after.forEach((row, index) => {
    if (row.painted !== before[index]!.painted) writer.update(index, before[index]!.cells, row.cells);
  });
}
