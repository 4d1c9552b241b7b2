import { getNodeValue } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import * as v from 'valibot';
import { elements, members, trouble } from './json-tree.ts';
import type { Trouble } from './json-tree.ts';
import { nearest } from './nearest.ts';

/**
 * The schemas that a configuration is made of, as far as this walk needs to see into them.
 *
 * Valibot alone would not do: its issues carry no positions, it reports one unknown key of an object (not the first of
 * the text), takes an array for an object, and skips a record's `constructor`. So the tree is walked beside the schema
 * here, and valibot judges what is left: the patterns and lengths of single values.
 */
export type Shape = ObjectShape | RecordShape | ArrayShape | UnionShape | OptionalShape | PicklistShape | ScalarShape;

interface ObjectShape extends v.GenericSchema {
  readonly type: 'strict_object';
  readonly entries: Readonly<Record<string, Shape>>;
}
interface RecordShape extends v.GenericSchema {
  readonly type: 'record';
  readonly key: Shape;
  readonly value: Shape;
}
interface ArrayShape extends v.GenericSchema {
  readonly type: 'array';
  readonly item: Shape;
}
interface UnionShape extends v.GenericSchema {
  readonly type: 'union';
  readonly options: readonly Shape[];
}
interface OptionalShape extends v.GenericSchema {
  readonly type: 'exact_optional';
  readonly wrapped: Shape;
}
interface PicklistShape extends v.GenericSchema {
  readonly type: 'picklist';
  readonly options: readonly string[];
}
interface ScalarShape extends v.GenericSchema {
  readonly type: 'string' | 'number' | 'boolean';
}

/** Everything in which `node` is not what `shape` asks for, in no order. */
export function shapeTroubles(shape: Shape, node: Node): readonly Trouble[] {
  switch (shape.type) {
    case 'exact_optional':
      return shapeTroubles(shape.wrapped, node);
    case 'union': {
      // No two options of one union take the same type, so the type alone says which one is meant.
      const option = shape.options.find((each) => nodeTypes(each).includes(node.type));
      return option === undefined ? [mismatch(shape, node)] : shapeTroubles(option, node);
    }
    case 'picklist': {
      if (node.type !== 'string') return [mismatch(shape, node)];
      const text = String(node.value);
      if (shape.options.includes(text)) return [];
      const problem = `expected ${expected(shape)}, found ${JSON.stringify(text)}`;
      return [trouble(node, problem, () => nearest(text, shape.options))];
    }
    case 'strict_object':
      if (node.type !== 'object') return [mismatch(shape, node)];
      return [...objectTroubles(shape, node), ...ownTroubles(shape, node, getNodeValue(node))];
    case 'record':
      return node.type === 'object' ? recordTroubles(shape, node) : [mismatch(shape, node)];
    case 'array':
      if (node.type !== 'array') return [mismatch(shape, node)];
      return [
        ...elements(node).flatMap((element) => shapeTroubles(shape.item, element)),
        ...ownTroubles(shape, node, getNodeValue(node)),
      ];
    case 'string':
    case 'number':
    case 'boolean':
      return node.type === shape.type ? ownTroubles(shape, node, node.value) : [mismatch(shape, node)];
  }
}

function objectTroubles(shape: ObjectShape, node: Node): readonly Trouble[] {
  const known = Object.keys(shape.entries);
  const present = members(node);
  const keys = new Set(present.map(({ key }) => key));
  const free = known.filter((key) => !keys.has(key));
  const unknown = present
    .filter(({ key }) => !known.includes(key))
    .map(({ key, keyNode }) => trouble(keyNode, `unknown key ${JSON.stringify(key)}`, () => nearest(key, free)));
  // A key that is missing because it is misspelt is one trouble, and the misspelling the better half of it.
  const misspelt = new Set(unknown.map(({ suggestion }) => suggestion()));
  const missing = free.filter((key) => shape.entries[key]?.type !== 'exact_optional' && !misspelt.has(key));
  return [
    ...unknown,
    ...missing.map((key) => trouble(keyOf(node), `missing key ${JSON.stringify(key)}`)),
    ...present.flatMap(({ key, value }) => {
      const entry = Object.hasOwn(shape.entries, key) ? shape.entries[key] : undefined;
      return entry === undefined ? [] : shapeTroubles(entry, value);
    }),
  ];
}

function recordTroubles(shape: RecordShape, node: Node): readonly Trouble[] {
  const entries = members(node);
  const keys = entries.flatMap(({ key, keyNode }) => ownTroubles(shape.key, keyNode, key));
  return [
    ...keys,
    ...entries.flatMap(({ value }) => shapeTroubles(shape.value, value)),
    // Valibot leaves `constructor` and its like out of a record, and would find too few entries in what is left.
    ...(keys.length > 0 ? [] : ownTroubles(shape, node, getNodeValue(node))),
  ];
}

/** What lacks a key is shown by its own name where it has one. */
const keyOf = (node: Node): Node => (node.parent?.type === 'property' ? (node.parent.children?.[0] ?? node) : node);

/** The patterns and lengths of this very value; those of its parts have a path. */
function ownTroubles(shape: Shape, node: Node, value: unknown): readonly Trouble[] {
  const issues = v.safeParse(shape, value).issues ?? [];
  return issues.filter(({ path }) => path === undefined).map(({ message }) => trouble(node, message));
}

const mismatch = (shape: Shape, node: Node): Trouble =>
  trouble(node, `expected ${expected(shape)}, found ${nouns[node.type]}`);

function nodeTypes(shape: Shape): readonly Node['type'][] {
  switch (shape.type) {
    case 'exact_optional':
      return nodeTypes(shape.wrapped);
    case 'union':
      return shape.options.flatMap(nodeTypes);
    case 'picklist':
      return ['string'];
    case 'strict_object':
    case 'record':
      return ['object'];
    case 'array':
    case 'string':
    case 'number':
    case 'boolean':
      return [shape.type];
  }
}

const nouns: Readonly<Record<Node['type'], string>> = {
  object: 'an object',
  array: 'an array',
  property: 'a key',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
};

/** `an array of strings`, `"host" or "nixpkgs"`, `a string or an object`. */
function expected(shape: Shape): string {
  if (shape.type === 'picklist') return either(shape.options.map((option) => JSON.stringify(option)));
  if (shape.type === 'array') return `an array of ${either(nodeTypes(shape.item).map((type) => `${type}s`))}`;
  return either(nodeTypes(shape).map((type) => nouns[type]));
}

const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
