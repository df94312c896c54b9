const picodollarsPerDollar = 1e12;

/**
 * A sum of money that stays exact: whole dollars and picodollars apart, since one number is only exact up to 9,007 USD.
 * It may be negative.
 */
export class PicodollarSum {
  #dollars = 0;
  #rest = 0;

  /** Adds an integer of picodollars. */
  add(picodollars: number): void {
    this.#rest += picodollars;
    if (this.#rest < picodollarsPerDollar && this.#rest > -picodollarsPerDollar) return;
    const rest = this.#rest % picodollarsPerDollar;
    this.#dollars += (this.#rest - rest) / picodollarsPerDollar;
    this.#rest = rest;
  }

  merge(other: PicodollarSum): void {
    this.#dollars += other.#dollars;
    this.add(other.#rest);
  }

  clear(): void {
    this.#dollars = 0;
    this.#rest = 0;
  }

  usd(): number {
    return this.#dollars + this.#rest / picodollarsPerDollar;
  }

  picodollars(): bigint {
    return BigInt(this.#dollars) * BigInt(picodollarsPerDollar) + BigInt(this.#rest);
  }
}
