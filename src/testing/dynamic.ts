import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execute, type Executed } from './execute.ts';
import { makenix, projectOptions } from './makenix.ts';
import { copyFixture, type TestProject } from './project.ts';
import { temporaryDirectory } from './temporary.ts';

/** 2.26 has dynamic derivations, but not "in one shot". */
const isCapable = process.env['MAKENIX_TEST_NIX'] !== '2.26';

/**
 * Tests of dynamic mode. They are run on every Nix that it works with; on an older one the same place has a test that
 * makenix says so, which is all that can be expected of it.
 */
export function describeDynamic(name: string, tests: () => void): void {
  if (isCapable) describe(name, tests);
  else {
    it(`${name}: is refused by name on a Nix that cannot`, async () => {
      const project = copyFixture('hello');
      const plain = await (await dynamicProject(project)).nix('build', '--no-link');
      expect(plain.exitCode).toBe(1);
      expect(plain.stderr).toMatch(/makenix: dynamic mode needs Nix 2\.30 or newer .*; this is Nix 2\.26\.\d+\./);
      expect(plain.stderr).toContain('`makenix generate` writes an expression that this Nix builds');
      const { exitCode, stderr } = await makenix(['build', '--dynamic', ...projectOptions(project)]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: Nix 2\.26\.\d+ does not build dynamic derivations: .* needs 2\.30 or later$/m);
      expect(stderr).toMatch(/^ {2}hint: without --dynamic, /m);
    });
  }
}

export interface PlainBuild extends Executed {
  /** Names of the derivations that were built, without `.drv`, sorted; each as often as it was. */
  readonly built: readonly string[];
  /** What was built, where it lies on this machine; empty where something failed. */
  readonly results: readonly string[];
}

/** A project of files that somebody without makenix builds: it has what `makenix init --dynamic` has written. */
export interface DynamicProject extends TestProject {
  /** `nix VERB … -f default.nix ARGUMENTS`, in the project. */
  nix(verb: string, ...args: readonly string[]): Promise<Executed>;
  /** `nix build -f default.nix ATTRIBUTES`. */
  nixBuild(...attributes: readonly string[]): Promise<PlainBuild>;
}

export async function dynamicProject(project: TestProject, ...args: readonly string[]): Promise<DynamicProject> {
  const { exitCode, stderr } = await makenix(['init', '--dynamic', '--toolchain', 'host', '-C', project.root, ...args]);
  if (exitCode !== 0) throw new Error(stderr);
  const packages = join(temporaryDirectory(), 'packages.nix');
  writeFileSync(packages, hostPackages);
  const nix = (verb: readonly string[], more: readonly string[]): Promise<Executed> => {
    const source = ['-f', 'default.nix', '--arg', 'pkgs', `import ${packages}`];
    return execute('nix', [...verb, ...nixOptions(project), ...source, ...more], project.root, { NIX_PATH: '' });
  };
  return {
    ...project,
    nix: (verb, ...more) => nix(verb.split(' '), more),
    async nixBuild(...attributes) {
      const ended = await nix(['build', '--no-link', '--print-out-paths', '--log-format', 'internal-json'], attributes);
      const built = [...ended.stderr.matchAll(/^@nix (\{"action":"start".*"type":105\})$/gm)].map(([, entry = '']) => {
        const [drv] = (JSON.parse(entry) as { readonly fields: readonly [string] }).fields;
        return drv.replace(/^.*?[0-9a-z]{32}-/, '').replace(/\.drv$/, '');
      });
      const results = ended.stdout.split('\n').filter((line) => line !== '');
      return { ...ended, built: built.sort(), results: results.map((path) => join(project.store, path)) };
    },
  };
}

/** As a person without a private configuration would need them; `system-features` leaves recursive-nix out. */
export const nixOptions = (project: TestProject): readonly string[] => [
  ...['--extra-experimental-features', 'nix-command ca-derivations dynamic-derivations'],
  ...['--store', project.store, '--option', 'system-features', ''],
  ...['--option', 'substituters', '', '--option', 'build-users-group', '', '--option', 'builders', ''],
  ...['--option', 'extra-sandbox-paths', sandboxPaths],
];

const sandboxPaths = ['/usr', '/lib?', '/lib64?', '/etc/alternatives?']
  // A Node that is not installed in the system's own place.
  .concat(process.execPath.startsWith('/usr/') ? [] : [process.execPath])
  .join(' ');

/** nixpkgs, as far as makenix needs it, over the machine's own tools. */
const hostPackages = `{
  stdenv.hostPlatform.system = "${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch}-linux";
  stdenv.cc = {
    outPath = "/usr";
    bintools.outPath = "/usr";
    fingerprint = "of a test";
  };
  nodejs.outPath = "${dirname(dirname(process.execPath))}";
}
`;

/** Every file below a directory, by its path, with where it leads if it is a link. */
export const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => path.slice(directory.length + 1))
    .sort();

/** The program that a link in a store leads to, in a store that is not at /nix/store. */
export const linkedProgram = (link: string): string => join(dirname(link), readlinkSync(link));
