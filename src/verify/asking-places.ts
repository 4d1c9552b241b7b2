import type { ProjectFiles } from '../host/ports.ts';
import type { AskingPlace } from '../model/events.ts';
import type { ProjectPath } from '../model/ids.ts';

/** What makes an object depend on what no list of included files has. Where they stand in a comment, they are named too. */
const asking =
  /\b__has_(?:include|include_next|embed)\b|\b__TIMESTAMP__\b|\.incbin\b|#[ \t]*embed\b|#[ \t]*pragma[ \t]+GCC[ \t]+dependency\b/g;

/** Where files ask for more than they include. Each file is looked through once. */
export class AskingPlaces {
  readonly #files: ProjectFiles;
  readonly #known = new Map<ProjectPath, readonly AskingPlace[]>();

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  of(paths: readonly ProjectPath[]): readonly AskingPlace[] {
    return paths.flatMap((path) => this.#in(path));
  }

  #in(file: ProjectPath): readonly AskingPlace[] {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const lines = (this.#files.read(file)?.toString('latin1') ?? '').split('\n');
    const places = lines.flatMap((text, i) =>
      [...text.matchAll(asking)].map(([what]): AskingPlace => ({ file, line: i + 1, what })),
    );
    this.#known.set(file, places);
    return places;
  }
}
