/** A fraction of whole numbers. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A decimal string, such as `1.25`, as a fraction, exactly. */
export function ratioOf(decimal: string): Ratio {
  const [whole = '', fraction = ''] = decimal.split('.');
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) };
}

/**
 * A number times ten to the power of `shift` as a decimal string, exactly as JavaScript (and JSON) writes the number:
 * 2.5e-7 shifted by 6 is `0.25`.
 *
 * @returns null where it is negative, not finite or needs more than six decimals.
 */
export function decimalOf(value: number, shift: number): string | null {
  const written = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (written === null) return null;
  const [, whole = '', fraction = '', exponent = '0'] = written;
  const point = whole.length + Number(exponent) + shift;
  if (Math.abs(point) > 40) return null;
  const digits = whole + fraction;
  const padded = '0'.repeat(Math.max(0, 1 - point)) + digits + '0'.repeat(Math.max(0, point - digits.length));
  const at = Math.max(1, point);
  const decimals = padded.slice(at).replace(/0+$/, '');
  if (decimals.length > 6) return null;
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  return decimals === '' ? integer : `${integer}.${decimals}`;
}

/** One decimal string divided by another, as a decimal string; null where that does not end within six decimals. */
export function quotient(dividend: string, divisor: string): string | null {
  const a = ratioOf(dividend);
  const b = ratioOf(divisor);
  if (b.numerator === 0n) return null;
  const scaled = a.numerator * b.denominator * 1_000_000n;
  const by = a.denominator * b.numerator;
  return scaled % by === 0n ? decimalText(scaled / by) : null;
}

/** Whether two decimal strings are the same number. */
export function sameDecimal(one: string, other: string): boolean {
  const a = ratioOf(one);
  const b = ratioOf(other);
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

function decimalText(millionths: bigint): string {
  const digits = millionths.toString().padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0+$/, '');
  return decimals === '' ? digits.slice(0, -6) : `${digits.slice(0, -6)}.${decimals}`;
}
