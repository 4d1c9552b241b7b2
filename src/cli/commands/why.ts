import type { StepName } from '../../model/ids.ts';
import { describeReason } from '../../report/describe-event.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { complain, inspect, print } from './inspection.ts';

/** `makenix why OBJECT`: what a step is made from and for, and why the next build would make it anew, if it would. */
export const why = (options: CommonOptions, name: string): Promise<number> =>
  inspect(options, ({ graph, indexed }, { frontEnd }) => {
    const step = name as StepName;
    const compile = indexed.compiles.get(step);
    const product = indexed.products.get(step);
    if (compile === undefined && product === undefined) {
      return complain(
        `there is no step ${printable(name)}`,
        'makenix graph lists them: objects such as src/hello.o, targets by name',
      );
    }
    const unit = graph.units.get(step);
    const users = [...indexed.products.values()].filter((each) => each.inputs.includes(step));
    const reasons = frontEnd.toBuild.reasons(step);
    print([
      printable(name),
      ...(compile === undefined ? [] : [`  compiled from  ${printable(compile.source)}`]),
      ...list('with', compile?.flags ?? []),
      ...list('reads', unit?.headers ?? []),
      ...list('made from', product?.inputs ?? []),
      ...list(
        'used by',
        users.map((user) => user.name),
      ),
      ...list('out of date', reasons.map(describeReason)),
    ]);
    return 0;
  });

const list = (title: string, values: readonly string[]): readonly string[] =>
  values.map((value, i) => `  ${(i === 0 ? title : '').padEnd(13)}  ${printable(value)}`);
