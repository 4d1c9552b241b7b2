import { expect, it } from 'vitest';
import { createRecordingCommands, type Script } from '../../testing/fakes/recording-commands.ts';
import { queried, readNinja, responseFileIn } from './ninja.ts';

// Ninja 1.11 of a build.ninja that Meson 1.7 wrote, shortened.
const query = `build.ninja:
  input: REGENERATE_BUILD
    ../meson.build
    ../lib/meson.build
    | meson-private/coredata.dat
    || later
  outputs:
    all
gen/t.h:
  input: CUSTOM_COMMAND
    ../t.txt
  outputs:
    x.o
`;

const signal = new AbortController().signal;

function ninja(answers: Readonly<Record<string, Script>>) {
  const commands = createRecordingCommands(
    ({ args }) => answers[args.join(' ')] ?? { exitCode: 1, stderr: 'ninja: error: no\n' },
  );
  return { ...commands, which: (name: string) => (name === 'ninja' ? ['/usr/bin/ninja'] : []) };
}

it('reads what targets are made from', () => {
  expect([...queried(query)]).toEqual([
    ['build.ninja', ['../meson.build', '../lib/meson.build', 'meson-private/coredata.dat']],
    ['gen/t.h', ['../t.txt']],
  ]);
});

it('finds what a response file will hold by what stands in its place', () => {
  const command = 'ar qc x.a @x.a.rsp && ranlib x.a';
  expect(responseFileIn(command, 'ar qc x.a a.o b.o && ranlib x.a')).toEqual([['x.a.rsp', 'a.o b.o']]);
  expect(responseFileIn(command, 'ar qc x.a  && ranlib x.a')).toEqual([['x.a.rsp', '']]);
  expect(responseFileIn(command, command)).toEqual([]);
  expect(responseFileIn(command, 'something else')).toEqual([]);
  expect(responseFileIn('cc -DX=@y@ @a.rsp', 'cc -DX=@y@ -O2 a.o')).toEqual([['a.rsp', '-O2 a.o']]);
});

it('asks for the commands once build.ninja is up to date, and for what foreign ones make', async () => {
  const compile = 'cc -c ../a.c -o a.o';
  const link = 'cc @prog.rsp -o prog';
  const generate = '/usr/bin/python3 gen.py ../t.txt > gen/t.h';
  const entry = (command: string, output: string) => ({ directory: '/p/build', file: 'x', command, output });
  const entries = (program: string) =>
    JSON.stringify([entry(compile, 'a.o'), entry(program, 'prog'), entry(generate, 'gen/t.h')]);
  const commands = ninja({
    '-t query build.ninja': { stdout: query },
    'build.ninja': { stdout: 'ninja: no work to do.\n' },
    '-t commands': { stdout: `${generate}\n${compile}\n${link}\n` },
    '-t compdb': { stdout: entries(link) },
    '-t compdb -x': { stdout: entries('cc a.o -o prog') },
    '-t query gen/t.h build.ninja': { stdout: query },
  });
  const read = await readNinja(commands, '/p/build', signal);
  expect(commands.commands.map(({ args, cwd }) => `${cwd ?? ''}: ${args.join(' ')}`).slice(0, 3)).toEqual([
    '/p/build: -t query build.ninja',
    '/p/build: build.ninja',
    '/p/build: -t commands',
  ]);
  expect(read).toEqual({
    ok: true,
    value: {
      definition: [
        '/p/build/build.ninja',
        '/p/meson.build',
        '/p/lib/meson.build',
        '/p/build/meson-private/coredata.dat',
      ],
      commands: [
        { text: generate, responseFiles: new Map(), inputs: ['/p/t.txt'], outputs: ['/p/build/gen/t.h'] },
        { text: compile, responseFiles: new Map(), inputs: [], outputs: [] },
        { text: link, responseFiles: new Map([['prog.rsp', 'a.o']]), inputs: [], outputs: [] },
      ],
    },
  });
});

it('takes a build.ninja that nothing makes, and a ninja without a database of its own', async () => {
  const commands = ninja({ '-t commands': { stdout: 'cc -c a.c -o a.o\n' } });
  expect(await readNinja(commands, '/p', signal)).toMatchObject({
    ok: true,
    value: { definition: ['/p/build.ninja'], commands: [{ text: 'cc -c a.c -o a.o' }] },
  });
});

it('says that ninja is missing, and what it said', async () => {
  const none = { ...ninja({}), which: () => [] };
  expect(await readNinja(none, '/p', signal)).toMatchObject({ failure: { kind: 'tool-missing', tool: 'ninja' } });
  const stale = ninja({
    '-t query build.ninja': { stdout: query },
    'build.ninja': { exitCode: 1, stdout: 'CMake Error\n' },
  });
  expect(await readNinja(stale, '/p', signal)).toMatchObject({
    failure: { kind: 'tool-failed', tool: 'ninja', command: 'ninja -C /p build.ninja', output: 'CMake Error\n' },
  });
  expect(await readNinja(ninja({}), '/p', signal)).toMatchObject({
    failure: { kind: 'tool-failed', command: 'ninja -C /p -t commands', output: 'ninja: error: no\n' },
  });
});

// Each of these takes minutes where the text is compared again at each of its places.
it('gets through a command of a hundred thousand response files', () => {
  const command = '@a '.repeat(100_000);
  expect(responseFileIn(command, `${command}b`)).toEqual([]);
  expect(responseFileIn(command, command.replace(/@a $/, 'b c '))).toEqual([['a', 'b c']]);
});
