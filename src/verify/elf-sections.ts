/*
 * As much of an object file as is needed to say where two of them differ: the sections of ELF, in either size and byte
 * order (https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html).
 */

export interface Section {
  /** The fields that say what it is, its size among them, and not those that say where it is. */
  readonly head: Buffer;
  readonly contents: Buffer;
}

/** Names need not be unique: each function in a group of its own has its `.group`. */
export type Sections = ReadonlyMap<string, readonly Section[]>;

/** The file's own header goes by this name. */
const fileHeader = '';

/** `SHT_NOBITS`: takes no place in the file. */
const withoutContents = 8;

/** Undefined of what is no ELF file. */
export function sectionsOf(object: Buffer): Sections | undefined {
  try {
    return object.subarray(0, 4).toString('latin1') === '\x7fELF' ? readSections(object) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSections(object: Buffer): Sections {
  const [is64, isLittle] = [object[4] === 2, object[5] === 1];
  const half = (at: number): number => (isLittle ? object.readUInt16LE(at) : object.readUInt16BE(at));
  const word = (at: number): number => (isLittle ? object.readUInt32LE(at) : object.readUInt32BE(at));
  const address = (at: number): number =>
    !is64 ? word(at) : Number(isLittle ? object.readBigUInt64LE(at) : object.readBigUInt64BE(at));
  const table = address(is64 ? 0x28 : 0x20);
  const [size, counted, named] = [0, 2, 4].map((at) => half((is64 ? 0x3a : 0x2e) + at)) as [number, number, number];
  if (size < (is64 ? 64 : 40)) throw new RangeError('no section headers');
  const fields = (index: number) => {
    const at = table + index * size;
    const offset = at + (is64 ? 24 : 16);
    const rest = offset + (is64 ? 8 : 4);
    return { at, offset: address(offset), size: address(rest), link: word(rest + (is64 ? 8 : 4)), rest };
  };
  // Where there are more than fit into a half word, the first section has the numbers.
  const count = counted === 0 && table > 0 ? fields(0).size : counted;
  const names = fields(named === 0xffff ? fields(0).link : named);

  const sections = new Map<string, Section[]>();
  const add = (name: string, section: Section): void => {
    const others = sections.get(name);
    if (others === undefined) sections.set(name, [section]);
    else others.push(section);
  };
  // Without where the section headers are, which is no more than an arrangement.
  const start = object.subarray(0, is64 ? 0x28 : 0x20);
  add(fileHeader, { head: start, contents: object.subarray(is64 ? 0x30 : 0x24, is64 ? 0x34 : 0x28) });
  for (let index = 1; index < count; index++) {
    const { at, offset, size: length, rest } = fields(index);
    const nameAt = names.offset + word(at);
    const name = object.subarray(nameAt, object.indexOf(0, nameAt)).toString('latin1');
    const type = word(at + 4);
    const contents = object.subarray(offset, type === withoutContents ? offset : offset + length);
    const head = Buffer.concat([object.subarray(at + 4, at + (is64 ? 16 : 12)), object.subarray(rest, at + size)]);
    add(name, { head, contents });
  }
  return sections;
}

/** The names under which two object files have something else, the file's own header as the empty one. */
export function differingSections(one: Sections, other: Sections): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => {
    const [ours = [], theirs = []] = [one.get(name), other.get(name)];
    return ours.length !== theirs.length || ours.some((each, i) => !areEqual(each, theirs[i]));
  });
}

const areEqual = (one: Section, other: Section | undefined): boolean =>
  other !== undefined && one.head.equals(other.head) && one.contents.equals(other.contents);
