/** The projects, as data: nothing else here knows any of them, and nothing in src/ does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { askServer, withHttpServer } from './servers.mjs';

/**
 * @typedef {object} Project
 * @property {string} name
 * @property {string} title
 * @property {string} package Debian's source package
 * @property {readonly Need[]} needs besides a C compiler
 * @property {readonly Command[]} configure what is run before the build, and not recorded
 * @property {Command} build what is recorded; again after an edit, it is the project's own incremental build
 * @property {string} main a product that the unit which is edited is a part of
 * @property {(products: Products) => Promise<void>} smoke
 *
 * @typedef {readonly [string, ...string[]]} Command run at the top of the project
 * @typedef {'make' | 'cmake' | 'ninja' | 'g++' | 'autotools' | 'meson'} Need
 */

/**
 * What has been built, by whomever.
 *
 * @typedef {object} Products
 * @property {(path: string) => string} at the absolute path of what the project's own build puts at `path`
 * @property {(path: string, args: readonly string[]) => Promise<string>} run one of them, in `directory`; what it says
 * @property {string} directory an empty one, to work in
 * @property {AbortSignal} signal
 */

const jobs = ['-j', String(availableParallelism())];

/** @type {readonly Project[]} */
export const projects = [
  {
    name: 'lua',
    title: 'Lua 5.4 (Make)',
    package: 'lua5.4',
    needs: ['make'],
    configure: [],
    build: ['make', ...jobs, 'linux'],
    main: 'src/lua',
    smoke: async ({ run, directory }) => {
      writeFileSync(join(directory, 'hello.lua'), 'print(("hello "):rep(2) .. 2^10)\n');
      await run('src/luac', ['-o', 'hello.luac', 'hello.lua']);
      expect(await run('src/lua', ['hello.luac']), /^hello hello 1024\.0\n$/);
    },
  },
  {
    name: 'zlib',
    title: 'zlib (own configure, Make)',
    package: 'zlib',
    needs: ['make'],
    configure: [['sh', './configure']],
    build: ['make', ...jobs],
    main: 'libz.a',
    smoke: async ({ run, directory }) => {
      expect(await run('example', []), /uncompress\(\): hello, hello!/);
      const text = 'hello, hello! '.repeat(1000);
      writeFileSync(join(directory, 'text'), text);
      await run('minigzip', ['text']);
      await run('minigzip', ['-d', 'text.gz']);
      if (readFileSync(join(directory, 'text'), 'utf8') !== text) throw new Error('minigzip lost something');
    },
  },
  {
    name: 'redis',
    title: 'Redis (recursive Make)',
    package: 'redis',
    needs: ['make', 'g++'],
    configure: [],
    build: ['make', ...jobs, 'MALLOC=libc'],
    main: 'src/redis-server',
    smoke: async ({ at, run, directory, signal }) => {
      const socket = join(directory, 'redis.sock');
      const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory];
      await askServer({ program: at('src/redis-server'), args: options, signal }, async (isLast) => {
        const ask = (/** @type {string[]} */ ...words) => run('src/redis-cli', ['-s', socket, ...words]);
        const answer = await ask('PING').catch((/** @type {unknown} */ error) => {
          if (isLast) throw error;
        });
        if (answer === undefined) return false;
        expect(answer, /^PONG$/m);
        expect(await ask('SET', 'key', 'a value'), /^OK$/m);
        expect(await ask('GET', 'key'), /^a value$/m);
        expect(await ask('EVAL', 'return redis.call("GET", KEYS[1]) .. "!"', '1', 'key'), /^a value!$/m);
        return true;
      });
    },
  },
  {
    name: 'curl',
    title: 'curl (Autotools)',
    package: 'curl',
    needs: ['make'],
    // Whatever libraries a machine happens to have, it is the same project.
    configure: [
      [
        './configure',
        '--disable-shared',
        ...['ssl', 'libpsl', 'zlib', 'brotli', 'zstd', 'nghttp2', 'libidn2'].map((name) => `--without-${name}`),
        ...['ldap', 'docs', 'manual'].map((name) => `--disable-${name}`),
      ],
    ],
    build: ['make', ...jobs],
    main: 'src/curl',
    smoke: async ({ run }) => {
      await withHttpServer('hello from a server\n', async (url) => {
        expect(await run('src/curl', ['--silent', '--noproxy', '*', url]), /^hello from a server\n$/);
      });
    },
  },
  {
    name: 'pkgconf',
    title: 'pkgconf (Autotools, libtool)',
    package: 'pkgconf',
    needs: ['make'],
    configure: [['./configure']],
    build: ['make', ...jobs],
    main: '.libs/pkgconf',
    smoke: async ({ run, directory }) => {
      writeFileSync(join(directory, 'a.pc'), 'Name: a\nDescription: a\nVersion: 1\nCflags: -I/a/include\n');
      expect(await run('pkgconf', ['--with-path=.', '--cflags', 'a']), /^-I\/a\/include\s*$/);
    },
  },
  {
    name: 'jq',
    title: 'jq (Autotools from nothing, libtool)',
    package: 'jq',
    needs: ['autotools', 'make'],
    // The release has its lexer and its parser, and no configure; what it would bring of Oniguruma is not in the tarball.
    configure: [
      ['autoreconf', '-i'],
      ['./configure', '--without-oniguruma', '--disable-docs'],
    ],
    build: ['make', ...jobs],
    main: 'jq',
    smoke: async ({ run, directory }) => {
      const people = [
        { name: 'Ada', born: 1815 },
        { name: 'Grace', born: 1906 },
      ];
      writeFileSync(join(directory, 'people.json'), JSON.stringify({ people }));
      const filter = '.people | map(select(.born > 1900) | .name |= ascii_upcase) | {"found": .}';
      expect(await run('jq', ['-c', filter, 'people.json']), /^\{"found":\[\{"name":"GRACE","born":1906\}\]\}$/m);
    },
  },
  {
    name: 'yaml-cpp',
    title: 'yaml-cpp (CMake, Makefiles; shared library)',
    package: 'yaml-cpp',
    needs: ['cmake', 'make', 'g++'],
    configure: [['cmake', '-B', 'build', '-DYAML_CPP_BUILD_TESTS=OFF', '-DYAML_BUILD_SHARED_LIBS=ON']],
    build: ['make', '-C', 'build', ...jobs],
    main: 'build/util/parse',
    smoke: async ({ run, directory }) => {
      writeFileSync(join(directory, 'a.yaml'), '{name: [one, two]}\n');
      expect(await run('build/util/parse', ['a.yaml']), /^\{name: \[one, two\]\}$/m);
    },
  },
  {
    name: 'ode',
    title: 'ODE (CMake, Ninja; C++)',
    package: 'ode',
    needs: ['cmake', 'ninja', 'g++'],
    configure: [
      ['cmake', '-B', 'build', '-G', 'Ninja', '-DODE_WITH_DEMOS=OFF', '-DODE_WITH_OU=ON', '-DCMAKE_BUILD_TYPE=Debug'],
    ],
    build: ['ninja', '-C', 'build'],
    main: 'build/tests',
    smoke: async ({ run }) => {
      expect(await run('build/tests', []), /^Success: \d+ tests? passed\.$/m);
    },
  },
  {
    name: 'fribidi',
    title: 'FriBidi (Meson; tables by programs of its own)',
    package: 'fribidi',
    needs: ['meson', 'ninja'],
    configure: [['meson', 'setup', 'build', '-Ddocs=false']],
    build: ['ninja', '-C', 'build'],
    main: 'build/bin/fribidi',
    smoke: async ({ run, directory }) => {
      writeFileSync(join(directory, 'text'), 'abc \u05d0\u05d1\u05d2 def\n');
      expect(await run('build/bin/fribidi', ['--nopad', 'text']), /^abc \u05d2\u05d1\u05d0 def$/m);
    },
  },
  {
    name: 'dav1d',
    title: 'dav1d (Meson; one source, two objects)',
    package: 'dav1d',
    needs: ['meson', 'ninja'],
    configure: [['meson', 'setup', 'build', '-Denable_asm=false']],
    build: ['ninja', '-C', 'build'],
    main: 'build/tools/dav1d',
    smoke: async ({ run, directory }) => {
      writeFileSync(join(directory, 'white.ivf'), whitePixel());
      expect(await run('build/tools/dav1d', ['-i', 'white.ivf', '-o', 'white.y4m']), /Decoded 1\/1 frames/);
      const frame = readFileSync(join(directory, 'white.y4m'), 'latin1');
      expect(frame, /^YUV4MPEG2 W1 H1 [^\n]*\nFRAME\n\xfd\x80\x80$/);
    },
  },
];

/** A film of one frame of one white pixel: AV1 in an IVF file. */
function whitePixel() {
  const frame = Buffer.from('12000a073800061010d069320a1ff03fffffc40000af70', 'hex');
  const [header, frameHeader] = [Buffer.alloc(32), Buffer.alloc(12)];
  header.write('DKIF\0\0\x20\0AV01', 'latin1');
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(1, 14);
  header.writeUInt32LE(25, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(1, 24);
  frameHeader.writeUInt32LE(frame.length);
  return Buffer.concat([header, frameHeader, frame]);
}

/**
 * @param {string} said
 * @param {RegExp} wanted
 */
function expect(said, wanted) {
  if (!wanted.test(said)) throw new Error(`should have said ${String(wanted)}; said: ${said}`);
}
