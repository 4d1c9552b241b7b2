import { differingSections, sectionsOf, type Section, type Sections } from './elf-sections.ts';

/*
 * Objects of link-time optimization by gcc hold, instead of code or besides, what code is made of when all is linked. The
 * names of those sections end in a number that gcc draws anew each time, and what is in them is compressed and names the
 * directory that the compiler ran in, which no option maps (gcc: lto-streamer-out.cc, `get_src_pwd`). To give gcc the number
 * (-frandom-seed) would not do: it writes that, too, into the object.
 */

const keptSection = /^(\.gnu\.lto_.*)\.[0-9a-f]{1,16}$/;
/** Where the names of sections are. */
const namesOfSections = '.shstrtab';

/** Sections by what is not random of their names. */
export function withoutSeeds(sections: Sections): Sections {
  if (![...sections.keys()].some((name) => keptSection.test(name))) return sections;
  const all = new Map<string, readonly Section[]>();
  for (const [name, each] of sections) {
    const key = keptSection.exec(name)?.[1] ?? name;
    if (name !== namesOfSections) all.set(key, [...(all.get(key) ?? []), ...each]);
  }
  return all;
}

/** Whether two objects differ in nothing but what is kept for later, and `codeOf` each is the same. */
export async function differsInKeptCode(
  one: Buffer,
  other: Buffer,
  codeOf: (object: Buffer) => Promise<Buffer | undefined>,
): Promise<boolean> {
  const [ours, theirs] = [sectionsOf(one), sectionsOf(other)];
  if (ours === undefined || theirs === undefined) return false;
  if (![...ours.keys()].some((name) => keptSection.test(name))) return false;
  // What the compiler was called with is in a section of its own, as text, and is the same.
  const isKept = (name: string): boolean => name.startsWith('.gnu.lto_') && name !== '.gnu.lto_.opts';
  if (!differingSections(withoutSeeds(ours), withoutSeeds(theirs)).every(isKept)) return false;
  const [code, theirCode] = [await codeOf(one), await codeOf(other)].map((made) => made && sectionsOf(made));
  if (code === undefined || theirCode === undefined) return false;
  // Debug information of its own is in the objects themselves; here, what refers to it has the directory.
  return differingSections(code, theirCode).every((name) => /^(?:\.rela?)?\.debug_/.test(name));
}
