import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differingSections, sectionsOf } from './elf-sections.ts';

interface Kind {
  readonly is64: boolean;
  readonly isLittle: boolean;
}

/** A file of these sections, with their headers behind them. */
function elf({ is64, isLittle }: Kind, sections: readonly (readonly [name: string, contents: string])[]): Buffer {
  const [header, entry] = is64 ? [0x40, 64] : [0x34, 40];
  const names = Buffer.from(`\0${sections.map(([name]) => `${name}\0`).join('')}.shstrtab\0`, 'latin1');
  const all = [...sections.map(([, contents]) => Buffer.from(contents, 'latin1')), names];
  const table = header + all.reduce((sum, { length }) => sum + length, 0);
  const file = Buffer.alloc(table + (all.length + 1) * entry);
  const half = (at: number, value: number) =>
    isLittle ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at);
  const word = (at: number, value: number) =>
    isLittle ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at);
  const address = (at: number, value: number) => {
    if (!is64) word(at, value);
    else if (isLittle) file.writeBigUInt64LE(BigInt(value), at);
    else file.writeBigUInt64BE(BigInt(value), at);
  };
  file.write('\x7fELF', 'latin1');
  file[4] = is64 ? 2 : 1;
  file[5] = isLittle ? 1 : 2;
  address(is64 ? 0x28 : 0x20, table);
  for (const [i, value] of [entry, all.length + 1, all.length].entries()) half((is64 ? 0x3a : 0x2e) + 2 * i, value);
  let [offset, name] = [header, 1];
  for (const [i, contents] of all.entries()) {
    contents.copy(file, offset);
    const at = table + (i + 1) * entry;
    word(at, name);
    word(at + 4, 1);
    address(at + (is64 ? 24 : 16), offset);
    address(at + (is64 ? 32 : 20), contents.length);
    offset += contents.length;
    name += (sections[i]?.[0].length ?? 0) + 1;
  }
  return file;
}

const kind = fc.record({ is64: fc.boolean(), isLittle: fc.boolean() });
const text = fc.string({ maxLength: 12 }).map((each) => Buffer.from(each).toString('latin1'));
const named = fc.uniqueArray(fc.stringMatching(/^\.[a-z_.]{1,8}$/), { maxLength: 6 });

describe('the sections of an object file', () => {
  it('are found by name, in either size and byte order', () => {
    fc.assert(
      fc.property(kind, named, fc.array(text, { minLength: 6, maxLength: 6 }), (of, names, contents) => {
        const sections = sectionsOf(
          elf(
            of,
            names.map((name, i) => [name, contents[i] ?? '']),
          ),
        );
        expect([...(sections?.keys() ?? [])]).toEqual(['', ...names, '.shstrtab']);
        const read = names.map((name) => sections?.get(name)?.map((each) => each.contents.toString('latin1')));
        expect(read).toEqual(names.map((_, i) => [contents[i]]));
      }),
    );
  });

  it('differ where one has other contents, or is not there, and wherever it lies', () => {
    const of = { is64: true, isLittle: true };
    const one = sectionsOf(
      elf(of, [
        ['.text', 'a'],
        ['.data', 'long'],
        ['.bss', 'x'],
      ]),
    )!;
    expect(differingSections(one, one)).toEqual([]);
    expect(
      differingSections(
        one,
        sectionsOf(
          elf(of, [
            ['.text', 'b'],
            ['.data', 'long'],
            ['.bss', 'x'],
          ]),
        )!,
      ),
    ).toEqual(['.text']);
    const moved = sectionsOf(
      elf(of, [
        ['.text', 'abc'],
        ['.data', 'long'],
        ['.bss', 'x'],
      ]),
    )!;
    expect(differingSections(one, moved)).toEqual(['.text']);
    expect(
      differingSections(
        one,
        sectionsOf(
          elf(of, [
            ['.text', 'a'],
            ['.data', 'long'],
          ]),
        )!,
      ),
    ).toEqual(['.bss', '.shstrtab']);
  });

  it('may have one name', () => {
    const of = { is64: false, isLittle: false };
    const two = (second: string) =>
      sectionsOf(
        elf(of, [
          ['.group', 'a'],
          ['.group', second],
        ]),
      )!;
    expect(differingSections(two('b'), two('b'))).toEqual([]);
    expect(differingSections(two('b'), two('c'))).toEqual(['.group']);
  });

  it('are none of what is no object file', () => {
    expect(sectionsOf(Buffer.from('!<arch>\n'))).toBeUndefined();
    expect(sectionsOf(Buffer.alloc(0))).toBeUndefined();
  });

  it('are none where their headers would have no size and be without number', () => {
    const file = elf({ is64: true, isLittle: true }, [['.text', 'a']]);
    file.writeUInt16LE(0, 0x3a);
    file.writeUInt16LE(0, 0x3c);
    file.writeBigUInt64LE(2n ** 40n, Number(file.readBigUInt64LE(0x28)) + 32);
    expect(sectionsOf(file)).toBeUndefined();
  });

  it('are read, or not, of a file that is cut short or damaged, and never for long', () => {
    fc.assert(
      fc.property(kind, fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat(255))), (of, length, damage) => {
        const file = elf(of, [
          ['.text', 'some code'],
          ['.data', 'some data'],
        ]);
        for (const [at, byte] of damage) if (at % file.length > 3) file[at % file.length] = byte;
        const sections = sectionsOf(file.subarray(0, length % (file.length + 1)));
        expect(sections?.size ?? 0).toBeLessThan(file.length);
      }),
      { numRuns: 2000 },
    );
  });
});
