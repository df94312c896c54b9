const picodollarDigits = 12;

/** Picodollars as decimal dollars, exactly: `0.0356`, `12`. */
export function exactDollars(picodollars: bigint): string {
  const digits = String(picodollars < 0n ? -picodollars : picodollars).padStart(picodollarDigits + 1, '0');
  const fraction = digits.slice(-picodollarDigits).replace(/0+$/u, '');
  const sign = picodollars < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -picodollarDigits)}${fraction === '' ? '' : `.${fraction}`}`;
}
