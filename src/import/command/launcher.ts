import { baseName } from './source-name.ts';

/** What remains of a command line without the programs that only start another one. */
export interface Launched {
  readonly argv: readonly string[];
  /** What they change of its environment, in order; undefined where a variable is removed. */
  readonly environment: readonly EnvironmentChange[];
}

export interface EnvironmentChange {
  readonly name: string;
  readonly value: string | undefined;
}

/** A launcher without its own words; undefined where `argv` is none, or does something that is more than starting. */
type Strip = (args: readonly string[]) => Launched | undefined;

/**
 * Takes compiler caches (ccache), distributors (distcc) and other programs that start the next words from the front of a
 * command line: `ccache gcc …`, `env A=b nice -n 5 cc …`, `cmake -E env A=b -- cc …`. A launcher that is given options which
 * change more than its own doings (`env -C dir`), or no command (`ccache -s`), stays.
 *
 * `libtool --mode=compile` is none: it changes the command that it starts.
 */
export function stripLaunchers(argv: readonly string[]): Launched {
  let left: Launched = { argv, environment: [] };
  for (;;) {
    const [program = '', ...args] = left.argv;
    const launched = launchers.get(baseName(program).replace(/\.exe$/, ''))?.(args);
    if (launched === undefined || launched.argv.length === 0) return left;
    left = { argv: launched.argv, environment: [...left.environment, ...launched.environment] };
  }
}

/** Passes over `options`, of which those in `withOperand` take the next word too; undefined at any other option. */
const afterOptions =
  (options: RegExp, withOperand = /(?!)/): Strip =>
  (args) => {
    let at = 0;
    for (let word = args[at]; word?.startsWith('-') === true; word = args[at]) {
      if (word === '--') return { argv: args.slice(at + 1), environment: [] };
      if (withOperand.test(word)) at++;
      else if (!options.test(word)) return undefined;
      at++;
    }
    return { argv: args.slice(at), environment: [] };
  };

const none = /(?!)/;

/** `ccache key=value gcc …` sets options of ccache itself. */
const cache: Strip = (args) => {
  const first = args.findIndex((word) => !/^\w+=/.test(word));
  return first < 0 ? undefined : afterOptions(none)(args.slice(first));
};

const env: Strip = (args) => {
  const environment: EnvironmentChange[] = [];
  let at = 0;
  for (let word = args[at]; word?.startsWith('-') === true && word !== '--'; word = args[++at]) {
    const unset = /^(?:-u|--unset=?)(.*)$/.exec(word);
    // `env -i` and `env -` would take all that the build set: then the command is not the one that was recorded.
    if (unset === null) return undefined;
    const name = unset[1] === '' ? args[++at] : unset[1];
    if (name !== undefined) environment.push({ name, value: undefined });
  }
  if (args[at] === '--') at++;
  for (let word = args[at]; word !== undefined; word = args[++at]) {
    const equals = word.indexOf('=');
    if (equals <= 0) break;
    environment.push({ name: word.slice(0, equals), value: word.slice(equals + 1) });
  }
  // CMake's own `env` has `--` behind the assignments.
  if (args[at] === '--') at++;
  return { argv: args.slice(at), environment };
};

/** `cmake -E env …`, `cmake -E time …`, and `cmake -E __run_co_compile … -- cc …`, which runs linters beside a compiler. */
const cmake: Strip = ([mode, command, ...args]) => {
  if (mode !== '-E') return undefined;
  if (command === 'env') return env(args);
  if (command === 'time') return { argv: args, environment: [] };
  const dashes = args.indexOf('--');
  if (command !== '__run_co_compile' || dashes < 0) return undefined;
  return { argv: args.slice(dashes + 1), environment: [] };
};

const launchers: ReadonlyMap<string, Strip> = new Map<string, Strip>([
  ...['ccache', 'sccache', 'buildcache', 'distcc', 'icecc'].map((name) => [name, cache] as const),
  ['env', env],
  ['cmake', cmake],
  ['nice', afterOptions(/^-\d+$|^-n.+$|^--adjustment=/, /^(?:-n|--adjustment)$/)],
  ['ionice', afterOptions(/^-[cn].+$|^-t$|^--(?:class|classdata)=/, /^-[cn]$/)],
  ['nohup', afterOptions(none)],
  ['time', afterOptions(/^-[pvaq]+$|^-[fo].+$|^--/, /^-[fo]$/)],
  ['stdbuf', afterOptions(/^-[ioe].+$|^--/, /^-[ioe]$/)],
]);
