/** Words among compiler flags that are not taken, and why, with what to use instead. */
export interface UnsafeFlag {
  readonly index: number;
  /** How many words it is. */
  readonly words: 1 | 2;
  readonly problem: string;
}

/**
 * Compiler flags with which a file of the project would be run, or a file be written that the flag names. A build is in a
 * sandbox, where neither does harm; a scan is not, and asks the same compiler with the same flags. What lies in a directory of
 * the system's is the user's own (`-specs=/usr/lib/rpm/…`), and so are plugins that the compiler knows by name.
 *
 * Sources: gcc's manual, "Overall Options", "Directory Options", "Developer Options"; `clang --help-hidden`.
 */
export function unsafeFlags(flags: readonly string[]): readonly UnsafeFlag[] {
  const found: UnsafeFlag[] = [];
  for (let index = 0; index < flags.length; index++) {
    const [flag = '', next] = flags.slice(index, index + 2);
    const shown = (words: 1 | 2): string => JSON.stringify(words === 1 ? flag : `${flag} ${next ?? ''}`);
    const loading = loads(flag, next);
    if (loading !== undefined) {
      found.push({
        index,
        words: loading,
        problem: `${shown(loading)} has the compiler run or load a file that need not be the system's: leave it out`,
      });
    } else if (writes(flag)) {
      found.push({
        index,
        words: 1,
        problem: `${shown(1)} has the compiler write a file beside its output: leave it out`,
      });
    } else if (isResponseFile(flag)) {
      found.push({
        index,
        words: 1,
        problem: `${shown(1)} reads flags from a file, which no step would have: write them here`,
      });
    }
    if (found.at(-1)?.index === index && found.at(-1)?.words === 2) index++;
  }
  return found;
}

/** Flags whose operand is run or loaded: a program, or what says which. `-B` and its like are put before names of programs. */
const loading =
  /^(-B|--?prefix=?|--?specs=?|-iplugindir=|-fplugin=|-fpass-plugin=|--config=?|--gcc-toolchain=|--gcc-install-dir=)(.*)$/s;
/** Those of which the operand may be the next word. */
const apart = new Set(['-B', '--prefix', '-specs', '--specs', '--config']);
/** `-fmodule-mapper=|program` runs one. */
const running = /^(?:-wrapper$|-fmodule-mapper=|-load$|-ccc-gcc-name)/;

/** Of how many words what it loads is said; undefined where it loads nothing, or the system's. */
function loads(flag: string, next: string | undefined): 1 | 2 | undefined {
  if (running.test(flag)) return flag === '-wrapper' && next !== undefined ? 2 : 1;
  const [, name, inline = ''] = loading.exec(flag) ?? [];
  if (name !== undefined) {
    const isApart = inline === '' && apart.has(name);
    const operand = isApart ? (next ?? '') : inline;
    const isKnownByName = /^-f(?:pass-)?plugin=$/.test(name) && /^[\w-]+$/.test(operand);
    return isOfSystem(operand) || isKnownByName ? undefined : isApart && next !== undefined ? 2 : 1;
  }
  // What is carried to a part of the compiler, all in one word.
  return flag.startsWith('-Wp,') && flag.split(',').some((word) => loads(word, undefined) !== undefined)
    ? 1
    : undefined;
}

const isOfSystem = (path: string): boolean =>
  /^\/(?:usr|lib|lib64|nix\/store)\//.test(path) && !path.split('/').includes('..');

const written =
  /^(?:-o|--output(?:=|$)|-aux-info|-time=|--?dump(?:dir|base|base-ext)(?:=|$)|-fdump-.*=|-fopt-info.*=|-fdiagnostics-(?:add|set)-output=|-fdeps-file=|-foptimization-record-file=|-ftime-trace=|-fmodules?-(?:output|cache-path)=|-?-serialize-diagnostics|-fcrash-diagnostics-dir=|-MJ|-stats-file|--for-assembler(?:=|$))/;
/** Of the preprocessor and the assembler, with a comma or the beginning before. */
const writtenByPart = /^-W[pa],(?:.*,)?(?:-o|--?M|-a[a-z]*=)/s;
/** The assembler's, behind `-Xassembler`. */
const writtenByAssembler = /^(?:--MD|-a[a-z]*=)/;
const dependencies = /^(?:-M|--(?:write-)?(?:user-)?dependencies\b)/;

const writes = (flag: string): boolean =>
  written.test(flag) || writtenByPart.test(flag) || writtenByAssembler.test(flag) || dependencies.test(flag);

const isResponseFile = (flag: string): boolean => /^@|^-W[pa],(?:.*,)?@/s.test(flag);
