/**
 * The only place where a string of the project becomes text of the Nix language.
 * Source: Nix manual, "String literal": inside `"…"`, `\`, `"` and `${` are special; `\n`, `\r`, `\t` are escapes.
 */

/** A double-quoted string literal that evaluates to exactly `text`. Carriage returns are escaped because the Nix lexer turns CR and CR LF into LF. */
export function nixString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  const escaped = text.replace(/[\\"\n\r\t]|\$(?=\{)/g, (c) => escapes[c] ?? c);
  return `"${escaped}"`;
}

const plain = /^[A-Za-z0-9 _./+=:,@%^-]*$/;

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  $: '\\$',
};

/** An attribute name as it stands left of `=`: bare where it is an identifier and no keyword. */
export function nixAttribute(name: string): string {
  return identifier.test(name) && !keywords.has(name) ? name : nixString(name);
}

const identifier = /^[A-Za-z_][A-Za-z0-9_'-]*$/;
const keywords = new Set(['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with']);

/** `a.b.c` as a selection from nested attribute sets. */
export const nixSelection = (path: string): string => path.split('.').map(nixAttribute).join('.');

/** `[ ]`, or `[ "a" "b" ]` on one line. */
export const nixStrings = (values: readonly string[]): string =>
  values.length === 0 ? '[ ]' : `[ ${values.map(nixString).join(' ')} ]`;

/** An absolute path, whatever characters it has (a path literal allows few). */
export const nixPath = (absolute: string): string => `(/. + ${nixString(absolute)})`;
