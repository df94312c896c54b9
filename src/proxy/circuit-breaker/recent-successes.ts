/** Tells whether any other model of a provider has answered lately: then the provider is alive, and only a model is sick. */
export class RecentSuccesses {
  #latest: string | null = null;
  #latestAt = -Infinity;
  /** When the latest of those models answered that are not `latest`. */
  #otherAt = -Infinity;

  add(model: string, now: number): void {
    if (model !== this.#latest) {
      this.#otherAt = this.#latestAt;
      this.#latest = model;
    }
    this.#latestAt = now;
  }

  /** When a model other than this one answered last; `null` is no model, and other than all. */
  otherThan(model: string | null): number {
    return model === this.#latest ? this.#otherAt : this.#latestAt;
  }

  clear(): void {
    this.#latest = null;
    this.#latestAt = this.#otherAt = -Infinity;
  }
}
