/**
 * Things in no order that come and go all the time, such as what is in flight. A `Set` would hold them too, but V8 links
 * each table that a Set has outgrown to the next one: once such a table has grown old, all that stood in the later ones
 * outlives the nursery, and a proxy under load spends a quarter of its time on copying what is long over.
 */
export class Bag<Item> implements Iterable<Item> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  /** False where it is not there. */
  delete(item: Item): boolean {
    const items = this.#items;
    const at = items.indexOf(item);
    if (at < 0) return false;
    const last = items.pop() as Item;
    if (at < items.length) items[at] = last;
    return true;
  }

  has(item: Item): boolean {
    return this.#items.includes(item);
  }

  /** Over what is there when it begins: what is taken out meanwhile is still given. */
  [Symbol.iterator](): Iterator<Item> {
    return this.#items.slice().values();
  }
}
