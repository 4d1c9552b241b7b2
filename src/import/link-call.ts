import type { ProjectPath } from '../model/ids.ts';
import type { LinkTool } from '../model/plan.ts';
import type { Call } from './calls.ts';
import { printLinkWords, type LinkWord, type PathWord } from './command/link-words.ts';
import type { Draft, DraftProduct, DraftWord } from './drafts.ts';
import { absolute, directoryIn, inside, portable, type Place } from './places.ts';

export interface LinkedCommand {
  readonly words: readonly LinkWord[];
  readonly form: DraftProduct['form'];
  readonly soname: string | undefined;
  readonly tool: LinkTool;
}

/** What was at a path, as far as the build made it. */
export type MakerAt = (path: string) => Draft | undefined;

/**
 * The product of a link, without what the linker reads beyond its command line (`addLinkerRead`).
 *
 * @param output absolute
 * @param objectOf the object that the same call made of an input
 */
export function readLink(
  root: string,
  call: Call,
  { words, form, soname, tool }: LinkedCommand,
  output: ProjectPath,
  makerAt: MakerAt,
  objectOf: (input: number) => Draft | undefined,
): DraftProduct {
  const place = { root, directory: call.directory };
  const draft: DraftProduct = {
    kind: 'product',
    path: output,
    form,
    tool,
    directory: directoryIn(place).directory,
    words: [],
    inputs: new Map(),
    files: new Set(),
    soname,
    origin: call,
  };
  draft.words = [...words, ...searchedByEnvironment(call)].flatMap((word): readonly DraftWord[] => {
    switch (word.kind) {
      case 'word':
      case 'library':
        return printed(word);
      case 'object-of': {
        const object = objectOf(word.input);
        if (object === undefined) return [];
        draft.inputs.set(object.path, object);
        return [{ of: object }];
      }
      case 'input':
        return inputWords(draft, place, word, makerAt);
      case 'file':
        // A map or the like: nobody would get to see it.
        if (word.isWritten) return [];
        return printed({ ...word, path: portable(place, word.path) });
      case 'directory':
        return directoryWords(place, word, tool);
    }
  });
  return draft;
}

/** What the linker opened: a library that it found, a script that another one names. */
export function addLinkerRead(root: string, draft: DraftProduct, path: string, makerAt: MakerAt): void {
  const file = inside(root, path);
  if (file === undefined) return;
  const maker = makerAt(path);
  if (maker === draft) return;
  if (maker === undefined) draft.files.add(file);
  else draft.inputs.set(file, maker);
}

function inputWords(
  draft: DraftProduct,
  place: Place,
  word: Extract<LinkWord, { readonly kind: 'input' }>,
  makerAt: MakerAt,
): readonly DraftWord[] {
  const path = absolute(place, word.path);
  const maker = makerAt(path);
  const file = inside(place.root, path);
  // Made outside of the project, for a moment: found where its step says.
  if (maker !== undefined && file === undefined) {
    draft.inputs.set(maker.path, maker);
    return word.lead.length === 0 && word.prefix === '' ? [{ of: maker }] : printed(word);
  }
  if (maker !== undefined && file !== undefined) draft.inputs.set(file, maker);
  else if (file !== undefined) draft.files.add(file);
  return printed({ ...word, path: asArgument(portable(place, word.path)) });
}

/** A file whose name starts with a dash is no option, and one with an at sign no list of arguments. */
const asArgument = (path: string): string => (/^[-@]/.test(path) ? `./${path}` : path);

/**
 * Where libraries are looked for. An rpath into the project would lead nowhere on another machine: the plan gives each
 * product the store paths of its libraries instead. While linking, it also says where the libraries of libraries are.
 */
function directoryWords(
  place: Place,
  word: Extract<PathWord, { readonly kind: 'directory' }>,
  tool: LinkTool,
): readonly string[] {
  if (word.path.startsWith('=') || word.path.startsWith('$')) return printed(word);
  const isInside = isOfProject(place, word.path);
  if (word.flag === 'rpath' && isInside) {
    const directory = portable(place, word.path);
    return tool === 'ld' ? ['-rpath-link', directory] : [`-Wl,-rpath-link,${directory}`];
  }
  const path = portable(place, word.path);
  const isPrefix = word.flag === 'prefix' && word.path.endsWith('/');
  return printed({ ...word, path: isPrefix ? `${path}/` : path });
}

const printed = (word: LinkWord): readonly string[] => printLinkWords([word], String);

const isOfProject = (place: Place, path: string): boolean =>
  absolute(place, path) === place.root || inside(place.root, absolute(place, path)) !== undefined;

/** Only the compiler's driver reads it. */
const searchedByEnvironment = ({ tool, environment }: Call): readonly LinkWord[] =>
  (tool === 'compiler' ? (environment['LIBRARY_PATH'] ?? '') : '').split(':').flatMap((path): LinkWord[] => {
    return path === '' ? [] : [{ kind: 'directory', flag: 'search', path, lead: [], prefix: '-L', suffix: '' }];
  });
