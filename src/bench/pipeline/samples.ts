/** Durations, kept outside of V8's heap so that keeping them does not count as allocated. */
export class Samples {
  #values = new Float64Array(1 << 16);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  /** Quantiles by nearest rank, in the order asked for; NaN of no samples. */
  quantiles(points: readonly number[]): number[] {
    const sorted = this.#values.slice(0, this.#count).sort();
    return points.map((point) => sorted[Math.max(0, Math.ceil(point * this.#count) - 1)] ?? NaN);
  }
}
