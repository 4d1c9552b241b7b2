import { bytewise } from '../model/order.ts';

/** One entry of a generated expression that two versions of it do not agree on. */
export interface StanzaDiff {
  /** `src/main.o`, `main`; `options.main` for the flags of a target; `prelude` for what all projects share. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a changed one, the lines of lists that came and went: headers, objects, flags. Not quoted. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What distinguishes two texts of the generated expression, stanza by stanza, in bytewise order of names. */
export function diffExpressions(before: string, after: string): readonly StanzaDiff[] {
  const [old, now] = [stanzasOf(before), stanzasOf(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort(bytewise);
  return names.flatMap((name): readonly StanzaDiff[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was === undefined) return [{ name, change: 'added', added: [], removed: [] }];
    if (is === undefined) return [{ name, change: 'removed', added: [], removed: [] }];
    if (was.join('\n') === is.join('\n')) return [];
    const added = is.filter((line) => !was.includes(line)).map(legible);
    const removed = was.filter((line) => !is.includes(line)).map(legible);
    return [{ name, change: 'changed', added, removed }];
  });
}

/** Lines of each stanza by its name; what is outside of all is the prelude. */
function stanzasOf(text: string): ReadonlyMap<string, readonly string[]> {
  const stanzas = new Map<string, string[]>();
  let section = '';
  let current = 'prelude';
  for (const line of text.split('\n')) {
    const isHead = / = \{$/.exec(line) !== null;
    if (/^ {2}(options|stanzas|definitions) = \{$/.test(line)) {
      section = line.trim().split(' ')[0] ?? '';
      current = 'prelude';
      continue;
    }
    if (section !== '' && isHead && /^ {4}\S/.test(line)) {
      const name = legible(line.slice(0, -' = {'.length));
      current = section === 'options' ? `options.${name}` : name;
      continue;
    }
    const lines = stanzas.get(current);
    if (lines === undefined) stanzas.set(current, [line]);
    else lines.push(line);
    if (line === '    };') current = 'prelude';
    if (line === '  };') section = '';
  }
  return stanzas;
}

/** A line of a list is a string; anything else is shown as it is. */
function legible(line: string): string {
  const text = line.trim();
  const [, quoted] = /^"(.*)"$/.exec(text) ?? [];
  return quoted === undefined ? text : quoted.replace(/\\(.)/g, '$1');
}
