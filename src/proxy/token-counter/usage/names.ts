const maxLength = 200;

/** A name that a provider gives: a model, a tier, a place. What is longer than any name is cut, and so matches none. */
export function nameOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // By way of bytes: a slice would keep all of the long text in memory.
  return value.length <= maxLength ? value : Buffer.from(value.slice(0, maxLength)).toString();
}
