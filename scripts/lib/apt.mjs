/**
 * Another Debian suite's packages, without touching the system's apt: a private apt state that points at the machine's
 * own mirror. Nothing here needs root, and nothing is installed; files are downloaded and their signatures checked.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './main.mjs';
import { run, which } from './run.mjs';

/**
 * @typedef {object} Apt
 * @property {string} architecture as dpkg calls it: `amd64`
 * @property {string} archives where `--download-only` puts the `.deb`s
 * @property {(args: readonly string[], cwd?: string) => Promise<string>} get `apt-get`; its stdout
 */

/**
 * A private apt with the suite's index read. The directory is the caller's, to be removed afterwards.
 *
 * @param {{ directory: string, suite: string, types: 'deb' | 'deb-src', signal: AbortSignal }} options
 * @returns {Promise<Apt>}
 */
export async function openApt({ directory, suite, types, signal }) {
  for (const tool of ['apt-get', 'dpkg', 'dpkg-deb']) {
    if (which(tool) === undefined) throw notDebian(`it has no ${tool}`);
  }
  for (const part of ['sources', 'state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(directory, part), { recursive: true });
  }
  // Nothing counts as installed: every dependency is downloaded, down to libc.
  writeFileSync(join(directory, 'state/status'), '');
  const architecture = (await run('dpkg', ['--print-architecture'], { signal })).stdout.trim();
  const mirror = await findMirror(join(directory, 'no-lists'), signal);
  writeFileSync(join(directory, 'sources/makenix.sources'), source({ mirror, suite, types, architecture }));

  const settings = Object.entries({
    'Dir::Etc::SourceList': '/dev/null',
    'Dir::Etc::SourceParts': join(directory, 'sources'),
    // The machine's pins and default release are about its own suites.
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'APT::Default-Release': '',
    'Dir::State': join(directory, 'state'),
    'Dir::State::status': join(directory, 'state/status'),
    'Dir::Cache': join(directory, 'cache'),
    'APT::Install-Recommends': 'false',
    // As root apt becomes the user _apt to download, who cannot enter a cache below /root.
    'APT::Sandbox::User': 'root',
    // Otherwise `update` succeeds with an index that it could not fetch.
    'APT::Update::Error-Mode': 'any',
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);

  /** @type {Apt['get']} */
  const get = async (args, cwd) => {
    const env = { ...process.env, LC_ALL: 'C' };
    const { code, stdout, output } = await run('apt-get', [...settings, '-qq', '-y', ...args], { signal, env, cwd });
    if (code !== 0) throw failure(output, mirror, suite);
    return stdout;
  };
  await get(['update']);
  return { architecture, archives: join(directory, 'cache/archives'), get };
}

/**
 * One entry in the format of sources.list(5), "deb822-style".
 *
 * @param {{ mirror: string, suite: string, types: string, architecture: string }} entry
 */
function source({ mirror, suite, types, architecture }) {
  const lines = [`Types: ${types}`, `URIs: ${mirror}`, `Suites: ${suite}`, 'Components: main'];
  lines.push(
    `Architectures: ${architecture}`,
    `Targets: ${types === 'deb' ? 'Packages' : 'Sources'}`,
    'Languages: none',
  );
  // Without the field apt uses the keys of /etc/apt/trusted.gpg.d, which is where older Debians have them.
  const keyring = ['pgp', 'gpg'].map((end) => `/usr/share/keyrings/debian-archive-keyring.${end}`).find(existsSync);
  if (keyring !== undefined) lines.push(`Signed-By: ${keyring}`);
  return `${lines.join('\n')}\n`;
}

/**
 * The machine's Debian mirror, as its apt configuration has it: any scheme that apt knows, `mirror+file:` included.
 *
 * @param {string} emptyLists a directory for apt to find no index in
 * @param {AbortSignal} signal
 */
async function findMirror(emptyLists, signal) {
  // Exact, since it goes by what the indexes say of themselves; but says nothing before the first `apt-get update`.
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)';
  const targets = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], { signal });
  for (const line of targets.stdout.split('\n')) {
    const [origin, label, component, uri] = line.split('|');
    if (origin === 'Debian' && label === 'Debian' && component === 'main' && uri !== undefined) return uri;
  }

  const codename = ownSuite();
  if (codename === undefined) throw notDebian('its system is another');
  const suites = new Set([codename, 'sid', 'unstable', 'testing', 'stable', 'oldstable']);
  const uris = await run('apt-get', ['-o', `Dir::State::Lists=${emptyLists}`, 'update', '--print-uris'], { signal });
  const found = [...uris.stdout.matchAll(/^'(.+)\/dists\/([^/']+)\/InRelease'/gm)]
    .filter(([, uri, suite]) => suites.has(suite ?? '') && !/^cdrom:|security/.test(uri ?? ''))
    .map(([, uri]) => uri ?? '');
  // Others publish for a Debian suite too; Debian's own tree is called so on every mirror.
  const mirror = found.find((uri) => uri.endsWith('/debian')) ?? found[0];
  if (mirror === undefined) throw notDebian("apt's configuration names no Debian mirror");
  return mirror;
}

/**
 * @returns {string | undefined} the codename of the Debian that the machine runs; undefined if it runs another system
 */
export function ownSuite() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=["']?debian["']?$/m.test(release)) return undefined;
  return /^VERSION_CODENAME=["']?([a-z]+)/m.exec(release)?.[1] ?? 'sid';
}

/** @param {string} because */
const notDebian = (because) =>
  new SetupError(
    'unsupported',
    `makenix can fetch what it needs by itself on Debian only (${because}).\n` +
      '  Install Nix 2.26 or later from https://nixos.org/download and try again.',
  );

/**
 * @param {string} output what apt-get printed
 * @param {string} mirror
 * @param {string} suite
 */
function failure(output, mirror, suite) {
  const said = [...new Set(output.split('\n').filter((line) => /^[EW]:/.test(line)))].slice(0, 3);
  const details = said.map((line) => `\n  ${line}`).join('');
  if (/NO_PUBKEY|not signed/.test(output)) {
    const remedy = 'apt-get install --only-upgrade debian-archive-keyring';
    return new SetupError('failed', `this machine's Debian keys do not cover ${suite}; try ${remedy}${details}`);
  }
  if (/\b404 +Not Found/.test(output)) {
    // Of a mirror that is a cache, an index can be newer than the rest.
    return new SetupError('failed', `the Debian mirror ${mirror} does not have all of ${suite}${details}`);
  }
  if (/Could not resolve|Could not connect|Unable to connect|Failed to fetch|timed out|Cannot initiate/.test(output)) {
    return new SetupError('offline', `could not reach the Debian mirror ${mirror} (suite ${suite})${details}`);
  }
  return new SetupError('failed', `apt-get failed for the Debian suite ${suite}${details || `\n${output}`}`);
}
