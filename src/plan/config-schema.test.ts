import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from './config-schema.ts';
import { shapeTroubles } from './config-shape.ts';
import { parseDocument } from './json-tree.ts';

const schema = toJsonSchema(configSchema);

function fitsShape(document: unknown): boolean {
  const tree = parseDocument(JSON.stringify(document));
  return tree.ok && shapeTroubles(configSchema, tree.value).length === 0;
}

describe('the JSON schema of the configuration', () => {
  const matches = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema as Record<string, unknown>);

  it('takes exactly the shapes that are taken when a file is read', () => {
    const scalar = fc.constantFrom<unknown>(
      '',
      'a',
      'a b',
      '-x',
      '.',
      'host',
      'static-library',
      'a.b',
      'x\ny',
      'p'.repeat(101),
      0,
      1.5,
      true,
      false,
      null,
    );
    const value = fc.oneof(
      scalar,
      fc.array(scalar, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('A', 'a', 'a b', '.a', 'constructor', 'nixpkgs', 'pkg-config', 'sources'), scalar, {
        maxKeys: 3,
      }),
      fc.array(fc.record({ nixpkgs: scalar, 'pkg-config': scalar }, { requiredKeys: [] }), { maxLength: 2 }),
    );
    const key = fc.constantFrom(
      '$schema',
      'name',
      'toolchain',
      'store',
      'output',
      'ignore',
      'include',
      'defines',
      'cflags',
      'packages',
      'kind',
      'sources',
      'libs',
      'nam',
    );
    const object = fc.dictionary(key, value, { maxKeys: 2 });
    const targets = fc.dictionary(
      fc.constantFrom('a', 'b.c', '-d', ''),
      fc.oneof(
        value,
        fc.tuple(object, fc.constantFrom({}, { sources: ['a.c'] })).map(([some, rest]) => ({ ...some, ...rest })),
      ),
      { maxKeys: 2 },
    );
    const document = fc.oneof(
      value,
      object,
      fc.tuple(object, targets).map(([some, all]) => ({ ...some, targets: all })),
    );
    let accepted = 0;
    fc.assert(
      fc.property(document, (each) => {
        const fits = fitsShape(each);
        if (fits) accepted++;
        expect(matches(each)).toBe(fits);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('describes every key, for editors to show', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, at: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, child] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(child as Record<string, { description?: string }>)) {
            if ((property.description ?? '') === '') undescribed.push(`${at}.${name}`);
          }
        }
        walk(child, `${at}.${key}`);
      }
    };
    walk(schema, '');
    expect(undescribed).toEqual([]);
    expect(Object.keys(schema.properties ?? {})).toContain('targets');
  });
});
