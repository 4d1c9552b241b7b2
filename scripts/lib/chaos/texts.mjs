import { dirname, posix } from 'node:path';

/** @typedef {import('./random.mjs').Random} Random */

/** Names that no file has at first: asked for by `__has_include`, missed by `#include`, and made at last. */
export const maybeNames = ['maybe0.h', 'maybe1.h', 'sub/maybe2.h', 'maybe3.hpp'];

const mark = '// chaos\n';

/**
 * A file's text with another body: one line of it, which includes nothing.
 *
 * @param {string} text
 * @param {boolean} isHeader
 * @param {Random} random
 */
export function withBody(text, isHeader, random) {
  const value = random.below(1000);
  const code = isHeader
    ? `extern int body_${value};`
    : `static const int body_${value} __attribute__((used)) = ${value};`;
  const [before, end] = divided(text);
  const line = random.chance(0.7) ? code : `/* ${value}: "it" isn't */`;
  return `${before}${mark}${line}\n${end.replace(/^(?:extern|static|\/\*) .*\n/, '')}`;
}

/**
 * A file's text with another end, of lines that include, ask and define. The end may be included again and again.
 *
 * @param {object} options
 * @param {string} options.text as it is
 * @param {string} options.path
 * @param {readonly string[]} options.headers that anything may include
 * @param {readonly string[]} options.includePath
 * @param {number} options.serial of the edit: nothing else says the same
 * @param {Random} options.random
 * @param {boolean} [options.isBroken]
 */
export function withIncludes({ text, isBroken = false, ...place }) {
  const { serial, random } = place;
  const wrong = random.pick([`int broken${serial} = ;`, `#include "nowhere${serial}.h"`, '#error wrong', '#if 1', '{']);
  const body = [
    `#ifndef CHAOS_${serial}`,
    `#define CHAOS_${serial}`,
    ...includeLines(place),
    ...(isBroken ? [wrong] : []),
    '#endif',
  ];
  return `${divided(text)[0]}${mark}${body.join('\n')}\n`;
}

/**
 * @param {string} text
 * @returns {readonly [before: string, end: string]} without the mark between them
 */
function divided(text) {
  const at = text.indexOf(mark);
  const before = at < 0 ? text : text.slice(0, at);
  return [before === '' || before.endsWith('\n') ? before : `${before}\n`, at < 0 ? '' : text.slice(at + mark.length)];
}

/**
 * @param {Omit<Parameters<typeof withIncludes>[0], 'text' | 'isBroken'>} options
 * @returns {string[]}
 */
function includeLines({ path, headers, includePath, serial, random }) {
  return Array.from({ length: random.below(4) }, (_, i) => {
    const header = random.pick(headers.filter((each) => each !== path));
    const maybe = random.pick(maybeNames) ?? '';
    const found = header === undefined ? undefined : operandFor(header, path, includePath, random);
    const any = random.chance(0.5) || found === undefined ? quoted(maybe, random) : found;
    return (
      random.pick([
        ...(found === undefined
          ? []
          : [
              `#include ${found}`,
              `#include ${found}`,
              `#define NAMED${serial}${i} ${found}\n#include NAMED${serial}${i}`,
              `#if __COUNTER__ % 2\n#include ${found}\n#endif`,
              // By the assembler, which runs at the top of the tree.
              `__asm__(".pushsection .rodata\\n.incbin \\"${header}\\"\\n.popsection");`,
            ]),
        `#if __has_include(${any})\n#include ${any}\n#endif`,
        `#if defined CHAOS_SWITCH && __has_include(${any})\n#include ${any}\n#else\nenum { without_${serial}_${i} };\n#endif`,
        `#if !__has_include(${quoted(maybe, random)})\nenum { missing_${serial}_${i} };\n#endif`,
        `#ifdef CHAOS_SWITCH\n#include ${found ?? '<stddef.h>'}\n#endif`,
        '#include <stddef.h>',
        `enum { counted_${serial}_${i} = __COUNTER__ };`,
      ]) ?? ''
    );
  });
}

/**
 * A way to name a header from a file: through the include path, or from where the file lies.
 *
 * @param {string} header
 * @param {string} path
 * @param {readonly string[]} includePath
 * @param {Random} random
 */
function operandFor(header, path, includePath, random) {
  const above = includePath.filter((directory) => header.startsWith(`${directory}/`));
  const through = random.pick(above);
  if (through !== undefined && random.chance(0.6)) return quoted(header.slice(through.length + 1), random);
  const relative = posix.relative(dirname(path), header);
  return `"${random.chance(0.2) ? `./${relative}` : relative}"`;
}

/**
 * @param {string} name
 * @param {Random} random
 */
const quoted = (name, random) => (random.chance(0.5) ? `"${name}"` : `<${name}>`);

/**
 * What comes before another file of its name on the include path, and may go on to that.
 *
 * @param {string} name
 * @param {number} serial
 * @param {Random} random
 */
export function shadowText(name, serial, random) {
  const next = random.pick([
    `#include_next <${name}>\n`,
    `#if __has_include_next(<${name}>)\n#include_next <${name}>\n#endif\n`,
  ]);
  return `#ifndef SHADOW_${serial}\n#define SHADOW_${serial}\n#endif\n${random.chance(0.9) ? next : ''}`;
}
