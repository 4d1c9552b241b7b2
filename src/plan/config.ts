import { getNodeValue } from 'jsonc-parser';
import * as v from 'valibot';
import type { ConfigFailure } from '../model/failure.ts';
import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { ruleTroubles } from './config-rules.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config-schema.ts';
import { shapeTroubles } from './config-shape.ts';
import { parseDocument } from './json-tree.ts';
import type { Trouble } from './json-tree.ts';

/**
 * Reads makenix.json: JSON in which comments and trailing commas are fine. `file` is only for the failure, which is the
 * first trouble by position; a byte order mark is skipped. Never throws, whatever the text.
 */
export function readConfig(file: string, text: string): Result<Config, ConfigFailure> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const document = parseDocument(body);
  if (!document.ok) return fail(located(file, body, document.failure));
  const root = document.value;
  const first = [...shapeTroubles(configSchema, root), ...ruleTroubles(root, body)].reduce<Trouble | undefined>(
    // Of two at one place the earlier stays: the shape is wrong before a rule is broken.
    (a, b) => (a === undefined || b.offset < a.offset ? b : a),
    undefined,
  );
  return first === undefined ? ok(v.parse(configSchema, getNodeValue(root))) : fail(located(file, body, first));
}

/** Columns count UTF-16 units, as editors do. */
export function located(file: string, text: string, { offset, ...trouble }: Trouble): ConfigFailure {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const column = (lines.at(-1) ?? '').length + 1;
  const at = trouble.at();
  const failure = { kind: 'config-invalid', file, line: lines.length, column, at, problem: trouble.problem } as const;
  const suggestion = trouble.suggestion();
  return suggestion === undefined ? failure : { ...failure, suggestion };
}
