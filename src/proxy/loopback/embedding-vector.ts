/** Short, so that a mock's embeddings cost nothing; the request may ask for more. */
const defaultDimensions = 8;
const maxDimensions = 8192;

/**
 * A vector that follows from the request's hash and the input's place. Its numbers are multiples of 1/64 between -1 and
 * 1, which 32-bit floats hold exactly: the base64 form says the same.
 */
export function embeddingVector(hash: string, place: number, dimensions: unknown): number[] {
  const length = typeof dimensions === 'number' ? Math.min(dimensions, maxDimensions) : defaultDimensions;
  const start = Number.parseInt(hash.slice(0, 6), 16) + place * 31;
  return Array.from({ length }, (_, index) => (((start + index * 17) % 129) - 64) / 64);
}
