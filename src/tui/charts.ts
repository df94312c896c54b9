export type ChartMode = 'braille' | 'block' | 'ascii';

const ramps = { block: '▁▂▃▄▅▆▇█', ascii: '.:-=+*#' } as const;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const brailleBase = 0x2800;
/** Bits of the dots of a cell's left and right column, from the bottom up (https://www.unicode.org/charts/PDF/U2800.pdf). */
const brailleDots = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;

/** How many values fill so many cells: a braille cell holds two. */
export function chartPoints(widthCells: number, mode: ChartMode): number {
  return mode === 'braille' ? widthCells * 2 : widthCells;
}

/** One line of exactly `width` cells, the newest value at its right end; what was not measured is a gap. */
export function sparkline(values: readonly (number | null)[], width: number, mode: ChartMode): string {
  return areaChart(values, { width, height: 1, mode })[0] ?? '';
}

export interface ChartSize {
  /** In cells. */
  readonly width: number;
  readonly height: number;
  readonly mode: ChartMode;
}

/**
 * `height` lines of exactly `width` cells: the area under the values, scaled from 0 to the largest. The newest stands
 * at the right end. A value that was measured is always seen, be it 0; null, NaN and the infinite are gaps.
 */
export function areaChart(values: readonly (number | null)[], { width, height, mode }: ChartSize): string[] {
  const points = chartPoints(width, mode);
  const shown = values.slice(Math.max(values.length - points, 0)).map(finiteOrNull);
  const padded = [...Array.from({ length: points - shown.length }, () => null), ...shown];
  const most = padded.reduce<number>((largest, value) => Math.max(largest, value ?? 0), 0);
  const steps = mode === 'braille' ? 4 : ramps[mode].length;
  const levels = padded.map((value) => levelOf(value, most, steps * height));
  const rows = Array.from({ length: height }, (_, index) => (height - 1 - index) * steps);
  return rows.map((below) => (mode === 'braille' ? brailleRow(levels, below) : rampRow(levels, below, ramps[mode])));
}

/** How full something is, in exactly `width` cells; more than 1 is shown as full. */
export function bar(fraction: number, width: number, mode: ChartMode): string {
  const share = Number.isNaN(fraction) ? 0 : Math.min(Math.max(fraction, 0), 1);
  if (mode === 'ascii') return '#'.repeat(Math.round(share * width)).padEnd(width);
  const parts = Math.round(share * width * 8);
  return ('█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8]).padEnd(width);
}

function finiteOrNull(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.max(value, 0);
}

function levelOf(value: number | null, most: number, levels: number): number {
  if (value === null) return 0;
  return most === 0 ? 1 : Math.max(Math.ceil((value / most) * levels), 1);
}

function rampRow(levels: readonly number[], below: number, ramp: string): string {
  return levels.map((level) => (level <= below ? ' ' : ramp[Math.min(level - below, ramp.length) - 1])).join('');
}

function brailleRow(levels: readonly number[], below: number): string {
  let row = '';
  for (let index = 0; index < levels.length; index += 2) {
    const bits = brailleDots.reduce((sum, dots, column) => {
      const filled = Math.min(Math.max((levels[index + column] ?? 0) - below, 0), dots.length);
      return dots.slice(0, filled).reduce((all, dot) => all | dot, sum);
    }, 0);
    row += bits === 0 ? ' ' : String.fromCharCode(brailleBase + bits);
  }
  return row;
}
