import { createNodeFiles } from '../../host/node-files.ts';
import { isDirectory } from '../../host/node-machine.ts';
import { trustedProjectPath } from '../../model/ids.ts';
import { buildSystemsOf, type BuildSystem } from '../../plan/build-systems.ts';
import { configFile, planFile } from '../../plan/definition-files.ts';
import { ignoring } from '../../plan/ignore.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { noSuchDirectory } from '../usage.ts';
import { complain, inspect, print } from './inspection.ts';

/** For editors, where makenix is installed in the project itself. */
const schema = trustedProjectPath('node_modules/makenix/schema/makenix.schema.json');

/**
 * `makenix init`: looks around and says what it found. A project that has a build of its own is told how to import it; one
 * that has none, or with `isPlain`, gets a makenix.json that says what the conventions found, to go on from. Overwrites
 * nothing.
 */
export async function init(options: CommonOptions, isPlain: boolean): Promise<number> {
  if (!isDirectory(options.directory)) return noSuchDirectory(options.directory);
  const files = createNodeFiles(options.directory);
  for (const file of [configFile, planFile]) {
    if (files.stat(file) !== undefined) return complain(`${file} is there already`, hints[file] ?? '');
  }
  const isIgnored = ignoring([configFile], () => false);
  const systems = isPlain
    ? []
    : buildSystemsOf(
        files.list((path) => isIgnored(path)),
        options.jobs,
      );
  const [first, ...others] = systems;
  if (first === undefined) return writeConfig(options);
  print([...proposal(first), ...others.flatMap(alternative), plainly]);
  return 0;
}

const hints: Readonly<Record<string, string>> = {
  [configFile]: 'edit it, or remove it first',
  [planFile]: 'makenix import records the build anew; makenix watch and makenix build work from it',
};

const proposal = ({ name, file, prepare, command }: BuildSystem): readonly string[] => [
  `${name} builds this project (${printable(file)}). To have every object built by Nix:`,
  '',
  ...[...prepare, `makenix import -- ${command}`].map((line) => `    ${printable(line)}`),
  '',
  `That runs the build once, records it, and writes ${planFile}; makenix watch and makenix build go on from there.`,
];

const alternative = ({ name, file, prepare, command }: BuildSystem): readonly string[] => [
  `There is ${name}, too (${printable(file)}):`,
  '',
  ...[...prepare, `makenix import -- ${command}`].map((line) => `    ${printable(line)}`),
  '',
];

const plainly = `makenix init --plain writes a ${configFile} instead, which describes the sources and leaves that build aside.`;

const writeConfig = (options: CommonOptions): Promise<number> =>
  inspect(options, ({ indexed }, { files }) => {
    const [target] = indexed.plan.targets;
    const [compile] = indexed.plan.compiles;
    if (target === undefined || compile === undefined) return 1;
    const directory = compile.source.includes('/') ? 'src/**/' : '';
    const extensions = new Set(indexed.plan.compiles.map(({ source }) => source.slice(source.lastIndexOf('.'))));
    const config = {
      ...(files.stat(schema) === undefined ? {} : { $schema: schema }),
      targets: {
        [target.name]: {
          sources: [...extensions].map((extension) => `${directory}*${extension}`),
          cflags: compile.flags,
        },
      },
    };
    files.write(configFile, `${JSON.stringify(config, undefined, 2)}\n`);
    const count = String(indexed.plan.compiles.length);
    print([`${configFile} describes target ${printable(target.name)}: ${count} objects`]);
    return 0;
  });
