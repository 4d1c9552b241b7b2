import fc from 'fast-check';
import schema from '../../schema/events.schema.json' with { type: 'json' };
import type { Envelope } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';

/** As much of a JSON schema as ts-json-schema-generator writes for our types. */
interface Node {
  readonly $ref?: string;
  readonly anyOf?: readonly Node[];
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Node | readonly Node[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
}

const definitions = schema.definitions as Readonly<Record<string, Node>>;

const resolve = (node: Node): Node => {
  const target = node.$ref === undefined ? undefined : definitions[node.$ref.replace('#/definitions/', '')];
  return target === undefined ? node : resolve(target);
};

/** Every member of a union, those of unions within it too. */
const membersOf = (node: Node): readonly Node[] => {
  const { anyOf, ...plain } = resolve(node);
  return anyOf === undefined ? [plain] : anyOf.flatMap(membersOf);
};

/** What nobody should print as it is, among what anybody may. */
const text = fc.oneof(
  fc.constantFrom(
    'src/a.c',
    '',
    'main',
    '\x1b[2J',
    '\x1b]0;x\x07',
    'x\r\ny',
    '\n',
    '\u202egnp',
    '\x9b31m',
    '\x7f',
    '\ud800',
    '\t',
    '\0',
  ),
  fc.constantFrom(
    '</script>',
    '"; x',
    '\u2028',
    '\u2066',
    '\x1b[2J: No such file or directory',
    'a: \x1b]0;x\x07: No such file or directory',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** Values of a type of ours, with hostile text wherever there is text: a new kind is covered as soon as it is there. */
function valuesOf(given: Node): fc.Arbitrary<unknown> {
  const node = resolve(given);
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map(valuesOf));
  if ('const' in node) return fc.constant(node.const);
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  const [type, ...others] = [node.type].flat();
  if (others.length > 0)
    return fc.oneof(...[type, ...others].map((each) => valuesOf({ ...node, type: each ?? 'null' })));
  switch (type) {
    case 'string':
      return text;
    case 'number':
    case 'integer':
      return fc.oneof(fc.nat(5), fc.nat(10_000_000));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { items = {}, minItems = 0, maxItems = 5 } = node;
      if (Array.isArray(items)) return fc.tuple(...(items as readonly Node[]).map(valuesOf));
      return fc.array(valuesOf(items as Node), { minLength: minItems, maxLength: maxItems });
    }
    case 'object': {
      const { properties = {}, required = [], additionalProperties } = node;
      const known = Object.entries(properties).map(([key, value]): [string, fc.Arbitrary<unknown>] => [
        key,
        valuesOf(value),
      ]);
      if (known.length === 0 && typeof additionalProperties === 'object')
        return fc.dictionary(text, valuesOf(additionalProperties), { maxKeys: 3 });
      return fc.record(Object.fromEntries(known), { requiredKeys: [...required] });
    }
    default:
      throw new Error(`no values are made of ${JSON.stringify(node)}`);
  }
}

const kindOf = (node: Node): string => {
  const kind = node.properties?.['kind'];
  return [kind?.const, ...(kind?.enum ?? [])].filter((each): each is string => typeof each === 'string').join(' or ');
};

const byKind = <T>(name: string): readonly (readonly [kind: string, values: fc.Arbitrary<T>])[] =>
  membersOf({ $ref: `#/definitions/${name}` }).map((node) => [kindOf(node), valuesOf(node) as fc.Arbitrary<T>]);

/** All failures and events that there are, as the published schema has them. */
export const failuresByKind = byKind<Failure>('Failure');
export const eventsByKind = byKind<Envelope>('Envelope');
