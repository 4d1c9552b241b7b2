import { expect, it } from 'vitest';
import { derivationsOf } from './makenix-place.mjs';

const doctor = (/** @type {string} */ said) =>
  `toolchain      host, gcc 12.2.0\nderivations    ${said}\nthe same build by plain Nix\n`;

it('takes what doctor says of derivations where all of them are those of Nix', () => {
  const said = 'the 158 made here are those that Nix 2.34.8 gives';
  expect(derivationsOf(doctor(said))).toBe(said);
});

it.each([
  '1 of the 158 made here are not those that Nix 2.34.8 gives:',
  'the 157 made here are those that Nix 2.34.8 gives; 1 step cannot be made: a.h is not there',
  'not checked: Nix could not evaluate the toolchain',
  'none to check',
])('takes nothing else: %s', (said) => {
  expect(derivationsOf(doctor(said))).toBeUndefined();
});
