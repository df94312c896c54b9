import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth } from './cells.ts';
import { areaChart, bar, sparkline } from './charts.ts';

const modes = fc.constantFrom('braille' as const, 'block' as const, 'ascii' as const);
const hostile = fc.array(fc.option(fc.double()), { maxLength: 300 });
const widths = fc.integer({ min: 0, max: 120 });

describe('charts', () => {
  it('are exactly as wide and as high as they are asked to be', () =>
    fc.assert(
      fc.property(hostile, widths, fc.integer({ min: 1, max: 8 }), modes, (values, width, height, mode) => {
        const rows = areaChart(values, { width, height, mode });
        expect(rows).toHaveLength(height);
        for (const row of rows) expect(cellWidth(row)).toBe(width);
        expect(cellWidth(sparkline(values, width, mode))).toBe(width);
      }),
    ));

  it('use no character beyond ASCII where none can be shown', () =>
    fc.assert(
      fc.property(hostile, fc.double(), widths, (values, fraction, width) => {
        expect(sparkline(values, width, 'ascii') + bar(fraction, width, 'ascii')).toMatch(/^[ -~]*$/);
      }),
    ));

  it('put the newest value at the right and leave gaps where nothing was measured', () => {
    expect(sparkline([1, null, 4, 8], 6, 'block')).toBe('  ▁ ▄█');
    expect(sparkline([9, 9, 4, 8], 2, 'block')).toBe('▄█');
    expect(sparkline([0, Number.NaN, Number.POSITIVE_INFINITY, -3, 7], 5, 'ascii')).toBe('.  .#');
  });

  it('show a measured nothing as a line at the bottom', () => {
    expect(sparkline([0, 0, 0], 3, 'block')).toBe('▁▁▁');
    expect(sparkline([0, 0, 0, 0], 2, 'braille')).toBe('⣀⣀');
  });

  it('draw four dots a cell in height and two in width', () => {
    expect(areaChart([1, 2, 3, 4, 5, 6, 7, 8], { width: 4, height: 2, mode: 'braille' })).toEqual(['  ⣠⣾', '⣠⣾⣿⣿']);
  });
});

describe('a bar', () => {
  it('is exactly as wide as it is asked to be', () =>
    fc.assert(
      fc.property(fc.double(), widths, modes, (fraction, width, mode) => {
        expect(cellWidth(bar(fraction, width, mode))).toBe(width);
      }),
    ));

  it('is filled to an eighth of a cell', () => {
    expect(bar(0.5, 5, 'block')).toBe('██▌  ');
    expect(bar(2, 3, 'block')).toBe('███');
    expect(bar(-1, 3, 'braille')).toBe('   ');
    expect(bar(0.5, 4, 'ascii')).toBe('##  ');
  });
});
