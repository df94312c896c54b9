/** How a screen is divided, by its size in cells. */
export type Layout = 'line' | 'small' | 'stacked' | 'two columns' | 'three columns';

export interface ScreenSize {
  /** In cells. */
  readonly columns: number;
  readonly rows: number;
}

export function layoutOf({ columns, rows }: ScreenSize): Layout {
  if (columns >= 120 && rows >= 34) return 'three columns';
  if (columns >= 40 && columns < 84 && rows > 46) return 'stacked';
  if (columns >= 80 && rows >= 24) return 'two columns';
  return columns >= 40 && rows >= 12 ? 'small' : 'line';
}

/** Lines below the body: of a small screen the keys have the only one. */
export function footerHeight(layout: Layout): 1 | 2 {
  return layout === 'small' ? 1 : 2;
}
