/**
 * What a builder printed, where it may have to run again because its daemon was lost: what it repeats is no news. A
 * compiler says the same each time; from the first line that differs, all is news.
 */
export class ToldLines {
  readonly #lines: string[] = [];
  /** How many lines of the present run are in `#lines`; behind them are those of the run before. */
  #count = 0;

  /** The builder runs again. */
  again(): void {
    this.#count = 0;
  }

  /** Takes the next line; whether it has not been told before. */
  isNews(line: string): boolean {
    const isNews = this.#lines[this.#count] !== line;
    if (isNews) this.#lines.splice(this.#count, Infinity, line);
    this.#count++;
    return isNews;
  }

  /** Of the last run. */
  get lines(): readonly string[] {
    return this.#lines.slice(0, this.#count);
  }
}
