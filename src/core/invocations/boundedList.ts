/** Items in the order they came, up to a number of bytes: the oldest go first, and are counted. */
export class BoundedList<T> {
  readonly #maxBytes: number;
  #entries: { readonly item: T; readonly bytes: number }[] = [];
  #head = 0;
  #bytes = 0;
  #dropped = { items: 0, bytes: 0 };

  /** An item that alone is larger than `maxBytes` is kept until the next one comes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What the kept items take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many items were dropped, and how many bytes they took. */
  get dropped(): { readonly items: number; readonly bytes: number } {
    return this.#dropped;
  }

  get items(): T[] {
    return this.#entries.slice(this.#head).map(({ item }) => item);
  }

  /** Adds an item that takes so many bytes. */
  push(item: T, bytes: number): void {
    this.#entries.push({ item, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes && this.#entries.length - this.#head > 1) this.#drop();
    if (this.#head > 1000 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head); // not at each push: that would make long lists slow
      this.#head = 0;
    }
  }

  /** Moves all items of another list to the end of this one. */
  take(other: BoundedList<T>): void {
    const { items, bytes } = other.#dropped;
    this.#dropped = { items: this.#dropped.items + items, bytes: this.#dropped.bytes + bytes };
    for (const entry of other.#entries.slice(other.#head)) this.push(entry.item, entry.bytes);
    other.clear();
  }

  clear(): void {
    this.#entries = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#dropped = { items: 0, bytes: 0 };
  }

  #drop(): void {
    const bytes = this.#entries[this.#head]?.bytes ?? 0;
    this.#head += 1;
    this.#bytes -= bytes;
    this.#dropped = { items: this.#dropped.items + 1, bytes: this.#dropped.bytes + bytes };
  }
}
