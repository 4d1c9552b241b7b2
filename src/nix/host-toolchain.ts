import { dirname, normalize } from 'node:path';
import type { Failure } from '../model/failure.ts';
import { sortedUnique } from '../model/order.ts';
import type { BuildPlan, Package } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner, FileDigests } from '../host/ports.ts';
import type { HostPackage, HostToolchain } from './host-expression.ts';

/** What a step run by the host's tools must see inside the sandbox. `?`: where there is such a path. */
export const hostSandboxPaths: readonly string[] = ['/usr', '/lib?', '/lib64?', '/lib32?', '/etc/alternatives?'];

/** Where the host's toolchain keeps its headers. */
export const hostSystemDirectories: readonly string[] = ['/usr/', '/lib/', '/lib64/', '/nix/store/'];

/** Where the host's compiler looks for them, but for its own and those of C++, which come and go with it. */
export const hostSystemSearch: readonly string[] = [
  '/usr/local/include',
  '/usr/include',
  '/usr/include/x86_64-linux-gnu',
  '/usr/include/aarch64-linux-gnu',
];

/** The compiler's environment, for scans: only what it needs to find its own parts. */
export const hostEnvironment = (toolchain: Pick<HostToolchain, 'compilerPrefix' | 'bintoolsPrefix'>) => ({
  PATH: [...new Set([toolchain.compilerPrefix, toolchain.bintoolsPrefix, '/usr'])].map((p) => `${p}/bin`).join(':'),
  LC_ALL: 'C.UTF-8',
});

export interface FoundHost {
  readonly toolchain: HostToolchain;
  /** `gcc (Debian 12.2.0-14) 12.2.0`, for people. */
  readonly version: string;
}

/**
 * Finds `cc`, `c++` and `ar` of this machine and fingerprints what makes objects what they are. A compiler on PATH
 * outside `/usr` (a wrapper such as ccache, a compiler in a home directory) is passed over: no sandbox would see it.
 * `optionalPackages`: for who only scans, one that is not installed is no reason to give up.
 */
export async function findHostToolchain(
  commands: CommandRunner,
  digests: FileDigests,
  plan: BuildPlan,
  { optionalPackages }: { readonly optionalPackages: boolean },
): Promise<Result<FoundHost, Failure>> {
  const cc = visible(commands.which('cc'));
  if (cc === undefined) return fail({ kind: 'tool-missing', tool: 'cc', neededBy: 'the host toolchain' });
  const needsCxx =
    plan.compiles.some((step) => step.language === 'c++') ||
    plan.products.some((step) => step.kind === 'link' && step.tool === 'c++');
  const compilerPrefix = dirname(dirname(cc));
  const [cxx] = commands.which(`${compilerPrefix}/bin/c++`);
  if (needsCxx && cxx === undefined) return fail({ kind: 'tool-missing', tool: 'c++', neededBy: 'C++ sources' });
  const ar = visible(commands.which('ar'));
  if (ar === undefined) return fail({ kind: 'tool-missing', tool: 'ar', neededBy: 'the host toolchain' });

  const tools = { compilerPrefix, bintoolsPrefix: dirname(dirname(ar)) };
  const env = hostEnvironment(tools);
  const [about, told] = await Promise.all([
    commands.run({ file: cc, args: ['-v'], env }),
    commands.run({ file: cc, args: ['-print-search-dirs'], env }),
  ]);
  const version = /^(?:.* )?(?:gcc|clang) version .*$/m.exec(about.stderr)?.[0];
  const machine = /^Target: (.*)$/m.exec(about.stderr)?.[1];
  if (told.exitCode !== 0 || version === undefined || machine === undefined) {
    return fail({ kind: 'tool-failed', tool: 'cc', command: `${cc} -v`, output: about.stderr || told.stderr });
  }
  const parts = [
    ...candidates(/^programs: =(.*)$/m.exec(told.stdout)?.[1], ['cc1', 'cc1plus', 'collect2', 'as', 'ld']),
    ...candidates(/^libraries: =(.*)$/m.exec(told.stdout)?.[1], ['libc.so.6', 'crt1.o', 'libgcc.a', 'libstdc++.so']),
  ];
  const onPath = ['as', 'ld'].flatMap((name) => visible(commands.which(name)) ?? []);
  const identity = sortedUnique([cc, ...(cxx === undefined ? [] : [cxx]), ar, ...onPath, ...parts]);

  const found = await hostPackages(commands, env, plan);
  if (!found.ok && !optionalPackages) return found;
  const packages = found.ok ? found.value : new Map<string, HostPackage>();
  return ok({
    version: version.replace(' version', '').trim(),
    toolchain: {
      ...tools,
      system: systemOf(machine),
      fingerprint: digests.digest(identity),
      packages,
    },
  });
}

/** Where the compiler would look for its parts, in all its directories: what appears in an earlier one counts too. */
const candidates = (directories: string | undefined, names: readonly string[]): readonly string[] =>
  (directories ?? '')
    .split(':')
    .flatMap((directory) => (directory === '' ? [] : names.map((name) => normalize(`${directory}/${name}`))));

const visible = (paths: readonly string[]): string | undefined =>
  paths.find((path) => /^\/(usr|bin|nix\/store)\/.*bin\/|^\/usr\/bin\//.test(path) && !path.includes('/ccache/'));

/** `x86_64-linux-gnu` → `x86_64-linux`, Nix's name for it. */
function systemOf(machine: string): string {
  const [cpu = 'x86_64', ...rest] = machine.split('-');
  return `${/^i.86$/.test(cpu) ? 'i686' : cpu}-${rest.includes('darwin') ? 'darwin' : 'linux'}`;
}

async function hostPackages(
  commands: CommandRunner,
  env: Readonly<Record<string, string>>,
  plan: BuildPlan,
): Promise<Result<ReadonlyMap<string, HostPackage>, Failure>> {
  const wanted = new Map<string, { readonly package: Package; readonly neededBy: string }>();
  for (const step of [...plan.compiles, ...plan.products]) {
    if (step.kind === 'archive') continue;
    const neededBy = step.kind === 'compile' ? step.target : step.name;
    for (const needed of step.packages) wanted.set(needed.attribute, { package: needed, neededBy });
  }
  const found = new Map<string, HostPackage>();
  const [someone] = wanted.values();
  if (someone === undefined) return ok(found);
  const [pkgConfig] = commands.which('pkg-config');
  if (pkgConfig === undefined)
    return fail({ kind: 'tool-missing', tool: 'pkg-config', neededBy: `target ${someone.neededBy}` });
  for (const [
    attribute,
    {
      package: { pkgConfig: name },
      neededBy,
    },
  ] of wanted) {
    const ask = async (question: string) => commands.run({ file: pkgConfig, args: [question, '--', name], env });
    const [version, cflags, libs] = await Promise.all([ask('--modversion'), ask('--cflags'), ask('--libs')]);
    if (version.exitCode !== 0 || cflags.exitCode !== 0 || libs.exitCode !== 0) {
      return fail({ kind: 'package-missing', name, neededBy, output: version.stderr || libs.stderr });
    }
    found.set(attribute, { version: version.stdout.trim(), cflags: words(cflags.stdout), ldflags: words(libs.stdout) });
  }
  return ok(found);
}

/** pkg-config prints arguments for a shell: words apart by blanks, a backslash before what a shell would take. */
function words(text: string): readonly string[] {
  return [...text.trim().matchAll(/(?:\\.|\S)+/g)].map(([word]) => word.replace(/\\(.)/g, '$1'));
}
