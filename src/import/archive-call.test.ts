import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import { addedMembers, extractionDirectory, withAdded, withoutDeleted } from './archive-call.ts';
import { parseArchiveCommand } from './command/archive-command.ts';
import type { Draft, Member } from './drafts.ts';

const command = (line: string) => parseArchiveCommand(line.split(' '));

/** Members as `name=content`, of files of the project. */
const members = (...texts: readonly string[]): readonly Member[] =>
  texts.map((text) => {
    const [name = '', content = ''] = text.split('=');
    return { name, content: trustedProjectPath(content) };
  });

const inWords = (list: readonly Member[]): readonly string[] =>
  list.map(({ name, content }) => `${name}=${typeof content === 'string' ? content : content.path}`);

const archive = (path: string, ...content: readonly string[]): Draft => ({
  kind: 'archive',
  path: trustedProjectPath(path),
  members: members(...content),
  origin: { program: 0, argv: [], directory: '/p' },
});

function after(before: readonly string[], line: string): readonly string[] {
  const called = command(line);
  const { added } = addedMembers(called, (path) => trustedProjectPath(path));
  return inWords(withAdded(members(...before), called, added));
}

describe('adding', () => {
  it.each([
    ['replaces a member of the same name', ['a.o=old/a.o', 'b.o=b.o'], 'ar r x.a new/a.o', ['a.o=new/a.o', 'b.o=b.o']],
    ['adds where q says so', ['a.o=old/a.o'], 'ar q x.a new/a.o', ['a.o=old/a.o', 'a.o=new/a.o']],
    ['keeps two files of one name', [], 'ar cr x.a one/a.o two/a.o', ['a.o=one/a.o', 'a.o=two/a.o']],
    ['replaces one member with one file', ['a.o=o/a.o'], 'ar r x.a 1/a.o 2/a.o', ['a.o=1/a.o', 'a.o=2/a.o']],
    ['goes by whole paths in a thin archive', ['1/a.o=1/a.o'], 'ar crT x.a 2/a.o', ['1/a.o=1/a.o', '2/a.o=2/a.o']],
    ['goes by whole paths with P', ['1/a.o=1/a.o'], 'ar crP x.a 2/a.o', ['1/a.o=1/a.o', '2/a.o=2/a.o']],
  ])('%s', (_, before, line, expected) => {
    expect(after(before, line)).toEqual(expected);
  });

  it('takes archives apart for a thin one, and for no other', () => {
    const contentAt = (): Draft => archive('in.a', 'a.o=1/a.o', 'a.o=2/a.o');
    expect(inWords(addedMembers(command('ar crT x.a in.a'), contentAt).added)).toEqual(['a.o=1/a.o', 'a.o=2/a.o']);
    expect(inWords(addedMembers(command('ar cr x.a in.a'), contentAt).added)).toEqual(['in.a=in.a']);
  });

  it('tells what nobody knows', () => {
    expect(addedMembers(command('ar cr x.a /tmp/a.o'), () => undefined)).toEqual({ added: [], missing: ['/tmp/a.o'] });
  });
});

it('deletes by name', () => {
  expect(inWords(withoutDeleted(members('a.o=1', 'b.o=2', 'a.o=3'), command('ar d x.a sub/a.o')))).toEqual(['b.o=2']);
});

it('extracts to where it is told', () => {
  expect(extractionDirectory(command('ar x --output out x.a'))).toBe('out');
  expect(extractionDirectory(command('ar x x.a'))).toBe('.');
});
