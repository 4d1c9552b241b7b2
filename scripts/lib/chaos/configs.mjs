/** @typedef {import('./trees.mjs').Config} Config */
/** @typedef {import('./random.mjs').Random} Random */

/** @param {Config} config */
export const printConfig = (config) => `${JSON.stringify(config, undefined, 2)}\n`;

/**
 * Other configurations of the same project, all of which can be read.
 *
 * @type {readonly (readonly [what: string, change: (config: Config, random: Random) => Config])[]}
 */
const changes = [
  ['as it was', (config) => config],
  ['a macro', (config, random) => ({ ...config, defines: { ...config.defines, CHAOS_SWITCH: random.below(3) } })],
  [
    'a flag',
    (config, random) => ({ ...config, cflags: [...(config.cflags ?? []), random.pick(['-g', '-O1', '-w']) ?? '-g'] }),
  ],
  ['another include path', (config) => ({ ...config, include: [...(config.include ?? [])].reverse() })],
  ['a directory less on the include path', (config) => ({ ...config, include: (config.include ?? []).slice(1) })],
  ['another name', (config, random) => ({ ...config, name: `other${random.below(3)}` })],
  [
    'a directory ignored',
    (config, random) => ({ ...config, ignore: [random.pick(['first/**', 'notes', 'more/**']) ?? ''] }),
  ],
  [
    'a header included by a flag',
    (config) => ({ ...config, cflags: [...(config.cflags ?? []), '-include', 'first/forced.h'] }),
  ],
  [
    'a target more',
    (config) => ({
      ...config,
      targets: { ...config.targets, extra: { kind: 'static-library', sources: ['extra/**/*.c*', 'closing/*.c'] } },
    }),
  ],
  [
    'a target less',
    (config) => {
      const needed = new Set(Object.values(config.targets).flatMap(({ libs = [] }) => libs));
      const [unneeded] = Object.keys(config.targets).filter((name) => !needed.has(name) && name !== 'closing');
      return {
        ...config,
        targets: Object.fromEntries(Object.entries(config.targets).filter(([name]) => name !== unneeded)),
      };
    },
  ],
  [
    'targets in another order',
    (config) => ({ ...config, targets: Object.fromEntries(Object.entries(config.targets).reverse()) }),
  ],
];

/**
 * Another configuration, or the same in other words.
 *
 * @param {Config} config
 * @param {Random} random
 */
export function otherConfig(config, random) {
  const [what, change] = random.pick(changes) ?? ['', (/** @type {Config} */ same) => same];
  const changed = change(config, random);
  const inWords = random.chance(0.2) ? ', on one line' : '';
  return { what: what + inWords, text: inWords === '' ? printConfig(changed) : JSON.stringify(changed) };
}

/**
 * A configuration that cannot be used.
 *
 * @param {Config} config
 * @param {Random} random
 */
export function wrongConfig(config, random) {
  const [closing = { sources: [] }] = Object.values(config.targets);
  const wrong = [
    { what: 'half a file', text: printConfig(config).slice(0, 60) },
    { what: 'empty', text: '' },
    { what: 'an unknown key', text: printConfig(/** @type {Config} */ ({ ...config, cflag: [] })) },
    {
      what: 'a number for a list',
      text: printConfig(/** @type {Config} */ ({ ...config, include: /** @type {unknown} */ (7) })),
    },
    {
      what: 'a library that is not there',
      text: printConfig({ ...config, targets: { ...config.targets, wrong: { ...closing, libs: ['nowhere'] } } }),
    },
    {
      what: 'a target without sources',
      text: printConfig({ ...config, targets: { ...config.targets, wrong: { sources: ['nowhere/*.c'] } } }),
    },
  ];
  return wrong[random.below(wrong.length)] ?? { what: 'empty', text: '' };
}
