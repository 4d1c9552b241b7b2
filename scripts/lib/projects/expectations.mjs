/** What an edit has to make anew, held against what makenix says it made. */
import { basename } from 'node:path';
import { SetupError } from '../main.mjs';
import { productsOf } from './own-build.mjs';

/**
 * @param {object} options
 * @param {string} options.what for the message
 * @param {import('./own-build.mjs').OwnBuild} options.build
 * @param {readonly string[]} options.objects that the edit concerns, and with them what is made from them
 * @param {boolean} options.isComment no object comes out different, unless where it stands in a file is a part of it
 * @param {Pick<import('../../../src/model/events.ts').CycleFinished, 'rebuilt' | 'cutOff'>} options.cycle
 */
export function checkRebuilt({ what, build, objects, isComment, cycle }) {
  const name = canonical(build);
  const rebuilt = new Set(cycle.rebuilt.map(name));
  const concerned = new Set([...rebuilt, ...cycle.cutOff.map(name)]);
  const isObject = new Set(build.units.map(({ object }) => object));
  const products = productsOf(build, objects);
  expectSame(
    `${what}: compiled`,
    objects,
    [...rebuilt].filter((each) => isObject.has(each)),
  );
  const made = [...concerned].filter((each) => !isObject.has(each));
  // Whatever did not even have to be looked at is fine where nothing has changed.
  if (isComment)
    expectSame(
      `${what}: linked besides`,
      [],
      made.filter((each) => !products.includes(each)),
    );
  else expectSame(`${what}: linked`, products, made);
}

/**
 * Steps by the names of files that the project's own build has.
 *
 * @param {import('./own-build.mjs').OwnBuild} build
 * @returns {(step: string) => string}
 */
function canonical({ units, products, nameOf }) {
  const paths = new Set([...units.map(({ object }) => object), ...products.map(({ path }) => path)]);
  return (step) => {
    const path = nameOf(step);
    if (paths.has(path)) return path;
    const [only, ...others] = products.filter((product) => basename(product.path) === basename(step));
    return only !== undefined && others.length === 0 ? only.path : step;
  };
}

/**
 * @param {string} what
 * @param {readonly string[]} expected
 * @param {readonly string[]} actual
 */
function expectSame(what, expected, actual) {
  const missing = expected.filter((each) => !actual.includes(each));
  const surplus = actual.filter((each) => !expected.includes(each));
  if (missing.length + surplus.length === 0) return;
  const lists = { 'and should not have been': surplus, 'not, and should have been': missing };
  const lines = Object.entries(lists).flatMap(([how, names]) =>
    names.length > 0 ? [`  ${how}: ${names.join(' ')}`] : [],
  );
  throw new SetupError('failed', [what, ...lines].join('\n'));
}
