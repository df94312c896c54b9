/**
 * A value with the names of its members in snake_case, at any depth, as all our JSON has them; names of metrics are so
 * already. What JSON cannot hold, such as NaN, becomes null.
 */
export function snakeCased(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [snakeName(name), snakeCased(member)]));
}

/** `p99Interval`: `p99_interval`. */
function snakeName(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}
