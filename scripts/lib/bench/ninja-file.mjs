import { arArguments, ccArguments, linkArguments } from './project.mjs';

/** A command line in a ninja file is one argument to `sh -c`, and Linux takes none above 128 KiB. */
const longestCommand = 100_000;

/** Free of all that a shell takes for its own. */
const plainWord = /^[\w@%+=:,./$-]+$/;

const shellWord = (/** @type {string} */ word) => (plainWord.test(word) ? word : `'${word}'`);

/**
 * A build.ninja as a generator would write it: dependencies from the compiler by way of depfiles, the program by the
 * name `program`.
 * Format: https://ninja-build.org/manual.html. Paths must be free of what ninja or a shell would take for its own, and flags
 * of `$` and `'`.
 *
 * @param {import('./project.mjs').Recipe} recipe
 * @param {string} program what to ask ninja for
 */
export function ninjaFile(recipe, program) {
  const { compiles, archives, link } = recipe;
  // A rule for each set of flags: a variable on each of ten thousand edges is more for ninja to read.
  const flags = [...new Set(compiles.map(({ cflags }) => JSON.stringify(cflags)))];
  const ruleOf = (/** @type {number} */ position) => (position === 0 ? 'cc' : `cc-${position + 1}`);
  const ar = arArguments({ file: '$out', objects: ['$in'] });
  const isLong = link.inputs.join(' ').length > longestCommand;
  const ld = linkArguments({ ...link, file: '$out', inputs: [isLong ? '@$out.rsp' : '$in'] });
  return [
    ...flags.flatMap((text, position) => {
      const cflags = /** @type {string[]} */ (JSON.parse(text));
      const cc = ccArguments({ source: '$in', object: '$out', cflags });
      return [
        `rule ${ruleOf(position)}`,
        `  command = cc -MD -MF $out.d ${cc.map(shellWord).join(' ')}`,
        '  depfile = $out.d',
        '  deps = gcc',
      ];
    }),
    'rule ar',
    `  command = rm -f $out && ar ${ar.join(' ')}`,
    'rule link',
    `  command = ${link.tool} ${ld.map(shellWord).join(' ')}`,
    ...(isLong ? ['  rspfile = $out.rsp', '  rspfile_content = $in'] : []),
    ...compiles.map(
      ({ source, object, cflags }) => `build ${object}: ${ruleOf(flags.indexOf(JSON.stringify(cflags)))} ${source}`,
    ),
    ...archives.map(({ file, objects }) => `build ${file}: ar ${objects.join(' ')}`),
    `build ${link.file}: link ${link.inputs.join(' ')}`,
    `build ${program}: phony ${link.file}`,
    '',
  ].join('\n');
}
