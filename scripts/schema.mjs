/**
 * Writes what others validate against into schema/, from the one place each thing is defined:
 *
 *   events.schema.json   a line of `--json`, from the type `Envelope` in src/model/events.ts
 *   makenix.schema.json  makenix.json, from the valibot schema in src/plan/config-schema.ts (as built: npm run build)
 *   plan.schema.json     makenix.plan.json, in the same way from src/plan/recorded-schema.ts
 *
 *   node scripts/schema.mjs           write them
 *   node scripts/schema.mjs --check   exit 1 where a file on disk differs
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { format, resolveConfig } from 'prettier';
import { createGenerator } from 'ts-json-schema-generator';

/** What both generators write by default. */
const draft = 'http://json-schema.org/draft-07/schema#';

/** @param {string} path from the repository's root */
const inRepo = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** @returns {object} */
function eventsSchema() {
  const generator = createGenerator({
    path: inRepo('src/model/events.ts'),
    tsconfig: inRepo('tsconfig.json'),
    type: 'Envelope',
    // tsc has checked the types already, and this halves the time.
    skipTypeCheck: true,
  });
  return {
    $schema: draft,
    title: 'An event of makenix: one line of --json',
    description:
      'Exactly what this version writes. Later versions with the same "v" may add kinds and fields: pass over what you do not know.',
    ...generator.createSchema('Envelope'),
  };
}

/** @returns {Promise<object>} */
async function configSchema() {
  return { $schema: draft, title: 'makenix.json', ...toJsonSchema(await compiled('config-schema', 'configSchema')) };
}

/** @returns {Promise<object>} */
async function planSchema() {
  const schema = await compiled('recorded-schema', 'recordedSchema');
  return { $schema: draft, title: 'makenix.plan.json', ...toJsonSchema(schema) };
}

/**
 * @param {string} module of src/plan/
 * @param {string} name of what it exports
 */
async function compiled(module, name) {
  const built = inRepo(`dist/plan/${module}.js`);
  if (!existsSync(built)) throw new Error(`dist/plan/${module}.js is not there: run npm run build first`);
  const all = /** @type {Record<string, Parameters<typeof toJsonSchema>[0]>} */ (await import(built));
  const schema = all[name];
  if (schema === undefined) throw new Error(`${built} does not export ${name}`);
  return schema;
}

/**
 * @param {string} path from the repository's root
 * @param {object} schema
 */
async function formatted(path, schema) {
  const options = await resolveConfig(inRepo(path));
  return format(JSON.stringify(schema), { ...options, parser: 'json' });
}

const check = process.argv.includes('--check');
const files = [
  { path: 'schema/events.schema.json', schema: eventsSchema() },
  { path: 'schema/makenix.schema.json', schema: await configSchema() },
  { path: 'schema/plan.schema.json', schema: await planSchema() },
];
for (const { path, schema } of files) {
  const wanted = await formatted(path, schema);
  const found = await readFile(inRepo(path), 'utf8').catch(() => '');
  if (found === wanted) continue;
  if (check) {
    console.error(`${path} is out of date: run npm run schema`);
    process.exitCode = 1;
  } else {
    await mkdir(inRepo('schema'), { recursive: true });
    await writeFile(inRepo(path), wanted);
    console.error(`wrote ${path}`);
  }
}
