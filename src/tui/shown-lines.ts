import type { LineStore } from './ink-screen.tsx';

/** The rows that the screen shows, painted. */
export class ShownLines implements LineStore {
  #lines: readonly string[] = [];
  #onChange: () => void = () => undefined;

  readonly lines = (): readonly string[] => this.#lines;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#onChange = onChange;
    return () => (this.#onChange = () => undefined);
  };

  show(lines: readonly string[]): void {
    this.#lines = lines;
    this.#onChange();
  }
}
