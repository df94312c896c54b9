import type { Clock } from '../../src/bench/proof/clock.ts';

interface Alarm {
  readonly ms: number;
  readonly call: () => void;
}

/** A clock that stands still but for what the test makes of it: `run` goes from alarm to alarm. */
export class ScriptedClock implements Clock {
  #ms = 0;
  readonly #alarms: Alarm[] = [];

  readonly now = (): number => this.#ms;

  at(ms: number, call: () => void): void {
    let place = this.#alarms.length;
    while (place > 0 && (this.#alarms[place - 1] as Alarm).ms > ms) place -= 1;
    this.#alarms.splice(place, 0, { ms, call });
  }

  /** As a busy program does: time goes by, and nobody is called. */
  spend(ms: number): void {
    this.#ms += ms;
  }

  /** Goes on until `outcome` is there. */
  async run<Outcome>(outcome: Promise<Outcome>): Promise<Outcome> {
    let isOver = false;
    const over = (): void => void (isOver = true);
    outcome.then(over, over);
    for (;;) {
      await new Promise(setImmediate);
      if (isOver) return outcome;
      const next = this.#alarms.shift();
      if (next === undefined) throw new Error('nothing will ever happen again');
      this.#ms = Math.max(this.#ms, next.ms);
      next.call();
    }
  }
}
