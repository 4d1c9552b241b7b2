/** A map of at most so many entries: where there is one more, the one that was set first goes. */
export class LimitedMap<K extends string, V> extends Map<K, V> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    const [first] = this.keys();
    if (this.size > this.#most && first !== undefined) this.delete(first);
    return this;
  }
}
