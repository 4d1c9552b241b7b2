import type { AskingPlace, MakenixEvent, Mapped, VerificationFinished, Verdict } from '../model/events.ts';
import type { VerifyFailure } from '../model/failure.ts';
import { count } from './describe-event.ts';
import { formatDuration } from './duration.ts';
import { errorText } from './error-text.ts';

type ObjectVerified = Extract<MakenixEvent, { readonly kind: 'object-verified' }>;

/** What a sandbox has otherwise, by design: nobody has to do anything about it. */
export const isAsExpected = ({ outcome }: Verdict): boolean => outcome === 'same' || outcome === 'mapped';

/** What came of one object: one line, and below it what there is to look at. Not yet safe for a terminal. */
export function describeVerified(e: ObjectVerified): readonly string[] {
  switch (e.outcome) {
    case 'same':
      return [`${e.name} is the same`];
    case 'mapped':
      return [
        `${e.name} is the same but for ${e.mapped.map((each) => mappedWords[each]).join(' and ')}${inSections(e.sections)}`,
      ];
    case 'differs':
      return [
        `${e.name} is not what a compile in the tree makes${inSections(e.sections)}`,
        ...(e.files.length === 0 ? [] : [`read in the tree and no input of the object: ${few(e.files)}`]),
        ...(e.places.length === 0 ? [] : [`may be because of ${few(e.places.map(placeWords))}`]),
        ...(e.isRepeatable
          ? []
          : [
              'the compiler itself makes another object each time; of gcc, -frandom-seed=WORD in its flags may mend that',
            ]),
      ];
    case 'changed':
      return [`${e.name} was not compared: ${e.path} has changed meanwhile`];
    case 'failed':
      return [`${e.name} could not be compiled in the tree:`, ...e.messages];
  }
}

const mappedWords: Readonly<Record<Mapped, string>> = {
  'debug-information': 'mapped paths in debug information',
  'file-macros': 'mapped paths in strings of the program (__FILE__)',
  'file-times': 'the time in __TIMESTAMP__',
  'link-time-optimization': 'what is kept for link-time optimization, of which the same code is made',
};

const placeWords = ({ file, line, what }: AskingPlace): string => `${file}:${line} (${what})`;

const inSections = (sections: readonly string[]): string =>
  sections.length === 0 ? '' : ` (in ${few(sections.map((name) => (name === '' ? 'the file header' : name)))})`;

function few(texts: readonly string[]): string {
  const shown = 4;
  const rest = texts.length - shown;
  return texts.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** `34 objects are the same as compiled in the tree, 4 of them but for mapped paths and their like (3.21 s)`. */
export function describeVerification({ outcome, same, mapped, differing, failed, ms }: VerificationFinished): string {
  const time = `(${formatDuration(ms)})`;
  const good = same + mapped;
  const all = good + differing.length + failed.length;
  if (outcome === 'cancelled') return `cancelled after ${count(all, 'object')} ${time}`;
  const but = mapped === 0 ? '' : `, ${mapped === good ? 'all' : mapped} of them but for mapped paths and their like`;
  const areSame = `the same as compiled in the tree${but} ${time}`;
  if (outcome === 'verified') return `${count(all, 'object')} ${all === 1 ? 'is' : 'are'} ${areSame}`;
  return [
    `of ${count(all, 'object')}`,
    ...(differing.length === 0 ? [] : [`${differing.length} ${differing.length === 1 ? 'differs' : 'differ'}`]),
    ...(failed.length === 0 ? [] : [`${failed.length} could not be compared`]),
    `${good} are ${areSame}`,
  ].join(', ');
}

export function describeVerifyFailure(failure: VerifyFailure): string {
  switch (failure.kind) {
    case 'verify-store':
      return errorText({
        what: `the store ${failure.store} is not on this machine, and makenix verify reads objects from it`,
        hint: 'leave out --store, or name a store of this machine: the objects are the same',
      });
    case 'verify-compiler':
      return errorText({
        what: `${failure.compiler} does not run, since its store is not at /nix/store`,
        who: 'needed to compile in the tree what Nix has compiled',
        hint: "verify in the system's store, or by this machine's own compiler: --toolchain host",
      });
  }
}
