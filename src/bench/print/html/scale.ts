/** Turns values of an axis into places on the picture. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Times below a microsecond are noise, and a logarithm has no place for 0. */
const leastMs = 0.001;
const steps = [1, 2, 5];

/** A logarithmic axis for times that are 1, 2 and 5 times powers of ten apart, and holds all the values. */
export function logScale(values: readonly number[], [start, end]: readonly [number, number]): Scale {
  const shown = values.filter(Number.isFinite).map((value) => Math.max(value, leastMs));
  const [least, most] = shown.length === 0 ? [0.1, 10] : [Math.min(...shown), Math.max(...shown)];
  const low = niceBelow(least);
  const high = Math.max(niceAbove(most), low * 10);
  const span = Math.log10(high / low);
  const place = (value: number): number => start + (Math.log10(Math.max(value, low) / low) / span) * (end - start);
  return { place, ticks: niceBetween(low, high) };
}

/** An even axis with marks at whole numbers. */
export function linearScale([first, last]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const span = Math.max(last - first, 1);
  const place = (value: number): number => start + ((value - first) / span) * (end - start);
  const step = Math.max(1, niceAbove(span / 8));
  const count = Math.floor(span / step + 1e-9);
  return { place, ticks: Array.from({ length: count + 1 }, (_, index) => first + index * step) };
}

function niceBetween(low: number, high: number): number[] {
  const powers = Array.from(
    { length: Math.round(Math.log10(high / low)) + 3 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  );
  const all = powers
    .flatMap((power) => steps.map((step) => Number((step * 10 ** power).toPrecision(3))))
    .filter((value) => value >= low * 0.9999 && value <= high * 1.0001);
  // Too many would run into each other: then powers of ten alone.
  return all.length <= 9 ? all : all.filter((value) => Number.isInteger(Number(Math.log10(value).toFixed(6))));
}

function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [...steps, 10].find((candidate) => candidate * power >= value * 0.9999) ?? 10;
  return Number((step * power).toPrecision(3));
}

function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = steps.findLast((candidate) => candidate * power <= value * 1.0001) ?? 1;
  return Number((step * power).toPrecision(3));
}
