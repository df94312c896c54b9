import type { ProofTarget } from '../../proof/proof-report.ts';
import { escaped } from './escape.ts';

/** The inside of a picture, in its own units; texts stand around it. */
export const plot = { left: 64, right: 744, top: 16, bottom: 300, width: 760, height: 344 } as const;

/** Tells the lines apart without colours as well: see the style sheet. */
export const targetClass: Readonly<Record<ProofTarget, string>> = {
  direct: 'direct',
  'bare relay': 'relay',
  proxied: 'proxied',
};

/** A picture that a screen reader can name. */
export function picture(title: string, parts: readonly string[], height: number = plot.height): string {
  return [
    `<svg viewBox="0 0 ${plot.width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly className?: string;
}

export function label({ x, y, text, anchor = 'start', className = '' }: Label): string {
  const named = className === '' ? '' : ` class="${className}"`;
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}"${named}>${escaped(text)}</text>`;
}

export function line([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], name: string): string {
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" class="${name}"/>`;
}

export function curve(points: readonly (readonly [number, number])[], name: string): string {
  return `<polyline points="${points.map(([x, y]) => `${place(x)},${place(y)}`).join(' ')}" class="${name}"/>`;
}

/** A dot that tells its value when it is pointed at. */
export function dot([x, y]: readonly [number, number], name: string, tells: string): string {
  return `<circle cx="${place(x)}" cy="${place(y)}" r="3" class="${name}"><title>${escaped(tells)}</title></circle>`;
}

/** Lines across the picture, each with its time at the left. */
export function timeAxis(ticks: readonly number[], placeOf: (ms: number) => number): string[] {
  return [
    ...ticks.map((ms) => line([plot.left, placeOf(ms)], [plot.right, placeOf(ms)], 'grid')),
    ...ticks.map((ms) => label({ x: plot.left - 8, y: placeOf(ms) + 4, text: `${ms}`, anchor: 'end' })),
    label({ x: 4, y: plot.top - 4, text: 'ms', className: 'unit' }),
  ];
}

/** Marks below the picture, and what they mean. */
export function bottomAxis(ticks: readonly (readonly [x: number, text: string])[], meaning: string): string[] {
  return [
    line([plot.left, plot.bottom], [plot.right, plot.bottom], 'axis'),
    ...ticks.map(([x]) => line([x, plot.bottom], [x, plot.bottom + 4], 'axis')),
    ...ticks.map(([x, text]) => label({ x, y: plot.bottom + 18, text, anchor: 'middle' })),
    label({ x: (plot.left + plot.right) / 2, y: plot.bottom + 38, text: meaning, anchor: 'middle', className: 'unit' }),
  ];
}

const place = (value: number): string => String(Number(value.toFixed(1)));
