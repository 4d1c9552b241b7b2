/**
 * Which objects were made from which files, as `ninja -t deps` prints it: a line that ends in `(VALID)` for an object, and
 * an indented one for each file. Format: https://ninja-build.org/manual.html
 *
 * @param {string} text
 * @returns {ReadonlyMap<string, readonly string[]>} the objects of each file
 */
export function objectsByFile(text) {
  const objects = /** @type {Map<string, string[]>} */ (new Map());
  let object = '';
  for (const line of text.split('\n')) {
    const head = /^(\S.*): #deps \d+, /.exec(line);
    if (head !== null) object = head[1] ?? '';
    if (!line.startsWith(' ')) continue;
    const file = line.trim();
    const known = objects.get(file);
    if (known === undefined) objects.set(file, [object]);
    else known.push(object);
  }
  return objects;
}
