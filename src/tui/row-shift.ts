/** Rows `top` to `bottom`, from 0, that move down by so many; up where it is negative. */
export interface RowShift {
  readonly top: number;
  readonly bottom: number;
  readonly by: number;
}

const fewestRows = 3;

/** How most of the rows that are elsewhere now have moved: a list grew at its top, or was scrolled. */
export function findShift(before: readonly string[], after: readonly string[]): RowShift | null {
  const places = new Map(before.map((painted, row) => [painted, row]));
  const moved = new Map<number, number[]>();
  after.forEach((painted, row) => {
    const place = painted === '' || painted === before[row] ? undefined : places.get(painted);
    if (place !== undefined) moved.set(row - place, [...(moved.get(row - place) ?? []), row]);
  });
  const [by, rows] = [...moved].reduce((best, next) => (next[1].length > best[1].length ? next : best), [0, []]);
  if (rows.length < fewestRows) return null;
  const top = rows[0]! - Math.max(by, 0);
  const bottom = rows.at(-1)! - Math.min(by, 0);
  // From the first row, some terminals would move rows into their scrollback.
  return top === 0 ? null : { top, bottom, by };
}

/** The rows after the shift; those that came free are what `blank` says. */
export function shifted<Row>(rows: readonly Row[], { top, bottom, by }: RowShift, blank: Row): Row[] {
  return rows.map((row, index) => {
    if (index < top || index > bottom) return row;
    const from = index - by;
    return from < top || from > bottom ? blank : rows[from]!;
  });
}
