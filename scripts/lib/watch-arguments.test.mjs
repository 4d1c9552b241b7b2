import { expect, it } from 'vitest';
import { watchArguments } from './watch-arguments.mjs';

const directories = { current: '/repo', invoked: '/home/me', example: '/repo/fixtures/hello' };
const of = (/** @type {string[]} */ ...args) => watchArguments(args, directories).join(' ');

it("watches the example with the machine's own compiler and a private store", () => {
  expect(of()).toBe('watch -C fixtures/hello --toolchain host --store private');
});

it('takes a directory from where the user is, and hands on what follows', () => {
  expect(of('project', '--json')).toBe('watch -C ../home/me/project --toolchain host --store private --json');
});

it('leaves alone what the user chose', () => {
  expect(of('-C', 'x', '--store=auto', '--toolchain', 'nixpkgs')).toBe('watch -C x --store=auto --toolchain nixpkgs');
});

it("takes nothing of the user's own command for an option", () => {
  expect(of('--', 'run', '--store', 'x')).toBe(
    'watch -C fixtures/hello --toolchain host --store private -- run --store x',
  );
});
