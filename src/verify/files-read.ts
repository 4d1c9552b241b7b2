import { posix } from 'node:path';
import type { ProjectFiles } from '../host/ports.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import { filesOf } from '../graph/include-graph.ts';
import { parseDepfile } from '../scan/depfile.ts';
import type { PlainCompiler } from './plain-compiler.ts';
import type { BuiltUnit } from '../build/built-objects.ts';

/**
 * What a compile in the tree reads and the step in the sandbox does not have: the compiler's list, and the assembler's, which
 * alone knows of `.incbin`. Paths of the project, and absolute ones of other files. Empty where the compiler cannot say.
 */
export async function filesReadBesides(
  { step, inputs, output }: BuiltUnit,
  compiler: PlainCompiler,
  root: string,
  scratch: ProjectFiles,
): Promise<readonly string[]> {
  // Of the object's name, since several units are looked at at a time.
  const lists = ['included.d', 'assembled.d'].map((kind) => trustedProjectPath(`${posix.basename(output)}.${kind}`));
  const [included = '', assembled = ''] = lists.map((list) => `${scratch.root}/${list}`);
  await compiler.compile(step, output, ['-MD', '-MF', included, '-MT', 'object', `-Wa,--MD,${assembled}`]);
  const texts = lists.map((list) => scratch.read(list)?.toString('utf8') ?? '');
  for (const list of lists) scratch.remove(list);

  const directory = posix.join(root, step.directory ?? '');
  const expected = new Set([...filesOf(inputs).map((path) => `${root}/${path}`), ...inputs.system.map(normal)]);
  // The assembler takes the name that the compiler gives to the source for one of its own files.
  const read = texts.flatMap(filesOfList).filter((file) => file !== posix.basename(step.source));
  const files = sortedUnique(read.map((file) => posix.resolve(directory, file)));
  return files
    .filter((file) => !expected.has(file) && !file.startsWith(`${scratch.root}/`))
    .map((file) => (file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file));
}

function filesOfList(text: string): readonly string[] {
  const parsed = parseDepfile(text);
  return parsed.ok ? parsed.value.flatMap(({ prerequisites }) => prerequisites) : [];
}

const normal = (path: string): string => posix.normalize(path);
