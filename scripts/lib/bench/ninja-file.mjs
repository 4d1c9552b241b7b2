import { arArguments, ccArguments, linkArguments } from './project.mjs';

/** A command line in a ninja file is one argument to `sh -c`, and Linux takes none above 128 KiB. */
const longestCommand = 100_000;

/**
 * A build.ninja as a generator would write it: dependencies from the compiler by way of depfiles, the program by the
 * name `program`.
 * Format: https://ninja-build.org/manual.html. Paths and flags must be free of what ninja or a shell would take for its own.
 *
 * @param {import('./project.mjs').Recipe} recipe
 * @param {string} program what to ask ninja for
 */
export function ninjaFile(recipe, program) {
  const { compiles, archives, link } = recipe;
  const cc = ccArguments(recipe, { source: '$in', object: '$out' });
  const ar = arArguments({ file: '$out', objects: ['$in'] });
  const isLong = link.inputs.join(' ').length > longestCommand;
  const ld = linkArguments({ ...link, file: '$out', inputs: [isLong ? '@$out.rsp' : '$in'] });
  return [
    'rule cc',
    `  command = cc -MD -MF $out.d ${cc.join(' ')}`,
    '  depfile = $out.d',
    '  deps = gcc',
    'rule ar',
    `  command = rm -f $out && ar ${ar.join(' ')}`,
    'rule link',
    `  command = cc ${ld.join(' ')}`,
    ...(isLong ? ['  rspfile = $out.rsp', '  rspfile_content = $in'] : []),
    ...compiles.map(({ source, object }) => `build ${object}: cc ${source}`),
    ...archives.map(({ file, objects }) => `build ${file}: ar ${objects.join(' ')}`),
    `build ${link.file}: link ${link.inputs.join(' ')}`,
    `build ${program}: phony ${link.file}`,
    '',
  ].join('\n');
}
