import { trustedProjectPath, type ProjectPath } from '../../model/ids.ts';
import { defaultExpression, flakeExpression, libraryDirectory, libraryFiles } from '../../dynamic/project-files.ts';
import { createNodeFiles } from '../../host/node-files.ts';
import { printable } from '../../report/printable.ts';
import { dynamicDirectory } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { complain, inspect, print } from './inspection.ts';

const expression = trustedProjectPath('default.nix');
const flake = trustedProjectPath('flake.nix');

/**
 * `makenix init --dynamic`: a default.nix of a few lines, and beside it the library and the generator that it calls.
 * Never overwrites a default.nix or flake.nix; the library is ours and is brought up to date.
 */
export const initDynamic = (options: CommonOptions, wantsFlake: boolean): Promise<number> =>
  inspect(options, ({ indexed, graph }, { files, frontEnd }) => {
    const { project } = indexed.plan;
    const existing = files.read(expression)?.toString('utf8');
    if (existing?.includes(libraryDirectory) === false) {
      return complain(
        `${expression} is there already, and is not of makenix`,
        `rename it, or call makenix's library from it: import ./${libraryDirectory} { pkgs = …; root = ./.; }`,
      );
    }
    const source = createNodeFiles(dynamicDirectory);
    const written: ProjectPath[] = [];
    const write = (path: ProjectPath, contents: string | Buffer): void => {
      if (files.read(path)?.equals(Buffer.from(contents)) === true) return;
      files.write(path, contents);
      written.push(path);
    };
    for (const name of libraryFiles) {
      const contents = source.read(trustedProjectPath(name));
      if (contents === undefined) throw new Error(`${dynamicDirectory}/${name} is missing: is makenix whole?`);
      write(trustedProjectPath(`${libraryDirectory}/${name}`), contents);
    }
    if (existing === undefined) write(expression, defaultExpression(project));
    const hasFlake = files.stat(flake) !== undefined;
    if (wantsFlake && !hasFlake) write(flake, flakeExpression(project));

    const told = new Set(frontEnd.tree.config?.included);
    const sources = new Set([...indexed.compiles.values()].map((step) => step.source));
    const included = [...sources].filter(
      (path) =>
        !told.has(path) && [...graph.readersOf(path)].some((step) => indexed.compiles.get(step)?.source !== path),
    );
    print([
      ...(written.length === 0 ? ['nothing to write: all of it is there'] : written.map((path) => `wrote ${path}`)),
      ...(wantsFlake && hasFlake && !written.includes(flake) ? [`${flake} is there already, and was left alone`] : []),
      ...(included.length === 0
        ? []
        : [`other sources include these, so makenix.json needs  "included": ${printable(JSON.stringify(included))}`]),
      'build it with  nix build -f default.nix',
    ]);
    return 0;
  });
