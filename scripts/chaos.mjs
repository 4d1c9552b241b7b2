/**
 * The proof that makenix is right whatever happens around it: `npm run chaos -- --help` says what there is. The seed
 * repeats what is done; moments depend on the machine too. Each kind of chaos is described in scripts/lib/chaos:
 * kills.mjs, edits.mjs.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeWorkspace, removeAll } from './lib/bench/workspace.mjs';
import { editedProjects, runEdits } from './lib/chaos/edits.mjs';
import { runKills } from './lib/chaos/kills.mjs';
import { main, SetupError } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages } from './lib/prepare.mjs';

const help = `npm run chaos -- --kills N | --edits N

  --kills N        kill Nix daemons while a project is built that is edited all the time (default: 100); nothing may be
                   lost, nothing may hang, and the same comes out from scratch
    --stops PERCENT  stop so many of them instead, as what hangs is (default: 2)
    --every N        compare the program with the tree after so many (default: 10)

  --edits N        edit Lua and a C++ project at random under a watch: files and directories written, half written,
                   renamed, removed, swapped, shadowed, linked to, broken and mended, branches switched; every few edits,
                   what makenix has generated and built has to be what a fresh run makes of a copy of the tree
    --drops PERCENT  keep so many of the watcher's hints from makenix (default: 0)
    --project NAME   only one of them: lua, c++

  --seed S         what happens (default: 1)

Says on standard error what it does, and prints a summary to standard output. It works in a temporary directory, which is
removed; where a comparison of --edits fails, both trees and what led there are kept, and it says where.
`;

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

await main(async (signal) => {
  const options = readOptions();
  if (options.mode === 'help') {
    process.stdout.write(help);
    return 0;
  }
  checkNode();
  checkCompiler(['gcc', 'g++']);
  await installPackages({ signal, say });
  await compile({ signal, say });
  const nix = await ensureNix({ version: 'any', signal, say });
  const { directory } = await makeWorkspace(signal);
  try {
    // What killed daemons leave in the directory for temporary files goes with ours.
    const env = { ...process.env, ...nix.env, TMPDIR: join(directory, 'tmp') };
    const site = { directory, env, signal, say };
    if (options.mode === 'edits') await runEdits(site, options);
    else await runKills(site, options);
  } finally {
    removeAll(directory);
  }
  return 0;
});

function readOptions() {
  const { values } = parse();
  const number = (
    /** @type {'kills' | 'edits' | 'seed' | 'stops' | 'every' | 'drops'} */ name,
    least = 0,
    most = 1e9,
  ) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new SetupError('unsupported', `--${name} takes a number from ${least} to ${most}`);
  };
  const seed = number('seed');
  if (values.help) return /** @type {const} */ ({ mode: 'help' });
  if (values.edits === undefined) {
    const amounts = { kills: number('kills'), stops: number('stops', 0, 100), every: number('every', 1) };
    return { mode: /** @type {const} */ ('kills'), seed, ...amounts };
  }
  const projects = editedProjects.filter(({ name }) => values.project === undefined || values.project === name);
  const names = editedProjects.map(({ name }) => name).join(', ');
  if (projects.length === 0) throw new SetupError('unsupported', `--project takes one of ${names}`);
  const amounts = { edits: number('edits', 1), drops: number('drops', 0, 100) };
  return { mode: /** @type {const} */ ('edits'), seed, ...amounts, projects };
}

function parse() {
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', default: false },
        kills: { type: 'string', default: '100' },
        edits: { type: 'string' },
        seed: { type: 'string', default: '1' },
        stops: { type: 'string', default: '2' },
        every: { type: 'string', default: '10' },
        drops: { type: 'string', default: '0' },
        project: { type: 'string' },
      },
    });
  } catch (error) {
    throw error instanceof TypeError ? new SetupError('unsupported', `${error.message}\n\n${help}`) : error;
  }
}
