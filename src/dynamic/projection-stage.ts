import type { ProjectFiles } from '../host/ports.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { reduceToDirectives } from '../scan/projection.ts';
import type { ProjectionAttributes } from './attributes.ts';

/** A file without what no scan needs to see. */
export interface ProjectedFile {
  /** Bytes, each a character of the same number: sources may be in any encoding, and JSON may not. */
  readonly text: string;
  readonly operands: readonly string[];
  readonly computed: boolean;
}

export type ProjectedFiles = Readonly<Record<ProjectPath, ProjectedFile>>;

/** Reduces each file to its directives. An edit of anything else leaves the output as it is, and so ends here. */
export function projectFiles({ files, whole }: ProjectionAttributes, disk: ProjectFiles): ProjectedFiles {
  return Object.fromEntries(
    Object.entries(files).map(([path, storePath]): [string, ProjectedFile] => {
      const contents = disk.read(trustedProjectPath(storePath.slice(1)));
      if (contents === undefined) throw new Error(`${storePath}, which is ${path}, cannot be read`);
      const { text, operands, computed } = reduceToDirectives(contents);
      return [path, { text: (whole ? contents : text).toString('latin1'), operands, computed: computed || whole }];
    }),
  );
}
