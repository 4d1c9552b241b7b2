import * as v from 'valibot';
import { TARGET_NAME } from './names.ts';

/**
 * The shape of makenix.plan.json: what `makenix import` has recorded of a build, for people to review and commit. Like
 * config-schema.ts, nothing here goes beyond what a JSON schema can say; the rest is in recorded-rules.ts.
 */

const filled = v.pipe(v.string(), v.nonEmpty('an empty string'));
const path = v.pipe(v.string(), v.nonEmpty('an empty path'), v.maxLength(4096, 'a path of more than 4096 characters'));
const name = v.pipe(
  v.string(),
  v.regex(TARGET_NAME, (issue) => `${JSON.stringify(issue.input)} cannot be a name`),
);
const words = v.array(v.string());
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hexadecimal'));
const digests = v.record(path, digest);

const options = v.strictObject({
  language: v.pipe(v.picklist(['c', 'c++']), v.description('Which driver of the compiler is called.')),
  directory: v.exactOptional(v.pipe(path, v.description('Where it runs. Default: at the top of the project.'))),
  flags: v.pipe(
    words,
    v.description('Its arguments, without -c, -o and the source; paths are relative to the directory.'),
  ),
});

const object = v.strictObject({
  source: path,
  options: v.pipe(filled, v.description('One of "options".')),
  files: v.exactOptional(
    v.pipe(v.array(path), v.description('Files of the project that it reads besides what it includes: by .incbin.')),
  ),
});

const product = v.strictObject({
  name,
  path: v.pipe(path, v.description('Where the build made it.')),
  form: v.picklist(['executable', 'static-library', 'shared-library', 'object']),
  target: v.pipe(
    v.boolean(),
    v.description('Whether it is built for its own sake. Others are built where one needs them.'),
  ),
  inputs: v.pipe(
    v.array(filled),
    v.description('Objects by path and products by name, in order; products come before what uses them.'),
  ),
  tool: v.exactOptional(
    v.pipe(v.picklist(['cc', 'c++', 'ld', 'objcopy', 'strip']), v.description('Of all but static libraries.')),
  ),
  directory: v.exactOptional(path),
  arguments: v.exactOptional(
    v.pipe(words, v.description('Of the tool, without -o: inputs are among them, by their paths from the directory.')),
  ),
  files: v.exactOptional(v.pipe(v.array(path), v.description('Files of the project that it reads: version scripts.'))),
  aliases: v.exactOptional(
    v.pipe(v.record(path, filled), v.description('Further paths at which it finds inputs: libz.so for libz.so.1.3.')),
  ),
  names: v.exactOptional(v.pipe(v.array(filled), v.description('What else the product is found by: its soname.'))),
});

const generator = v.strictObject({
  inputs: v.pipe(digests, v.description('What it read: files of the project, and their SHA-256 when it did.')),
  products: v.pipe(v.array(v.string()), v.description('Products of this plan that it ran or read.')),
  outputs: v.pipe(v.array(path), v.description('What it made that steps may read.')),
});

const gap = v.strictObject({
  problem: filled,
  command: v.pipe(words, v.description('The program and its arguments.')),
  directory: v.exactOptional(path),
  targets: v.pipe(v.array(v.string()), v.description('The products it is a part of; none where nobody could tell.')),
});

export const recordedSchema = v.pipe(
  v.strictObject({
    $schema: v.exactOptional(v.pipe(v.string(), v.description('The JSON schema of this file, for editors.'))),
    version: v.pipe(v.number(), v.value(1, 'a version that this makenix does not know: run makenix import again')),
    command: v.pipe(
      words,
      v.description(
        'The build command, as makenix import runs it again at the top of the project; empty if none is known.',
      ),
    ),
    compileCommands: v.exactOptional(
      v.pipe(
        path,
        v.description(
          'The compilation database that the plan was made from, instead of a build that was recorded; from the project. ' +
            'Where it comes with no links, there are no products here: "targets" of makenix.json say what is made of the objects.',
        ),
      ),
    ),
    options: v.pipe(v.record(filled, options), v.description('What compile steps have in common.')),
    objects: v.pipe(v.record(path, object), v.description('Compile steps, by the path of the object.')),
    products: v.pipe(v.array(product), v.description('Archives and links, each after what it is made from.')),
    definition: v.pipe(
      digests,
      v.description('The files that define the build, with their SHA-256: where one differs, the plan may be stale.'),
    ),
    generators: v.pipe(
      v.array(generator),
      v.description('Programs that made files which steps read: where an input differs, those may be stale.'),
    ),
    notUnderstood: v.pipe(v.array(gap), v.description('What is in the build and not in this plan.')),
  }),
  v.description('A recorded build: written by makenix import, read by all other commands.'),
);

/** The contents of makenix.plan.json. */
export type RecordedPlan = v.InferOutput<typeof recordedSchema>;
export type RecordedProduct = RecordedPlan['products'][number];
export type RecordedOptions = RecordedPlan['options'][string];
