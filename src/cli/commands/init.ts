import { trustedProjectPath } from '../../model/ids.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { complain, inspect, print } from './inspection.ts';

const file = trustedProjectPath('makenix.json');
/** For editors, where makenix is installed in the project itself. */
const schema = trustedProjectPath('node_modules/makenix/schema/makenix.schema.json');

/** `makenix init`: writes a makenix.json that says what the conventions found, to go on from. Never overwrites one. */
export const init = (options: CommonOptions): Promise<number> =>
  inspect(options, ({ indexed }, { files }) => {
    if (files.stat(file) !== undefined) return complain(`${file} is there already`, 'edit it, or remove it first');
    const [target] = indexed.plan.targets;
    const [compile] = indexed.plan.compiles;
    if (target === undefined || compile === undefined) return 1;
    const directory = compile.source.includes('/') ? 'src/**/' : '';
    const extensions = new Set(indexed.plan.compiles.map(({ source }) => source.slice(source.lastIndexOf('.'))));
    const config = {
      ...(files.stat(schema) === undefined ? {} : { $schema: schema }),
      targets: {
        [target.name]: {
          sources: [...extensions].map((extension) => `${directory}*${extension}`),
          cflags: compile.flags,
        },
      },
    };
    files.write(file, `${JSON.stringify(config, undefined, 2)}\n`);
    print([`${file} describes target ${printable(target.name)}: ${String(indexed.plan.compiles.length)} objects`]);
    return 0;
  });
