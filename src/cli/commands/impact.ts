import { relative, resolve } from 'node:path';
import { projectPath } from '../../model/ids.ts';
import { bytewise } from '../../model/order.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { complain, inspect, print } from './inspection.ts';

/** `makenix impact FILE`: what an edit of the file makes anew, objects first, then what may be linked again. */
export const impact = (options: CommonOptions, file: string): Promise<number> =>
  inspect(options, ({ graph, indexed }, { files }) => {
    const path = projectPath(relative(files.root, resolve(files.root, file)));
    if (path === undefined || files.stat(path) === undefined) {
      return complain(`there is no file ${printable(file)} in the project`, 'name it relative to the project');
    }
    const objects = [...graph.readersOf(path)].sort(bytewise);
    const products = [...indexed.products.keys()]
      .filter((product) => objects.some((object) => indexed.inputsOf(product).has(object)))
      .sort(bytewise);
    print([...objects, ...products].map(printable));
    return 0;
  });
