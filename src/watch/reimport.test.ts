import { expect, it } from 'vitest';
import type { MakenixEvent } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { ok, type Result } from '../model/result.ts';
import { Reimporter } from './reimport.ts';

/** Imports that end when the test says so. */
function rig() {
  const told: string[] = [];
  const events: MakenixEvent[] = [];
  let end: { resolve: (result: Result<boolean, Failure>) => void; reject: (error: unknown) => void } | undefined;
  const begin = (what: string) => (because: readonly string[]) => {
    told.push(`${what} ${because.join(' ')}`);
    return new Promise<Result<boolean, Failure>>((resolve, reject) => (end = { resolve, reject }));
  };
  const reimporter = new Reimporter({ record: begin('record'), refresh: begin('refresh') }, (event) =>
    events.push(event),
  );
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    ...{ told, events, reimporter },
    consider: (definition: readonly string[], generators: readonly string[], version = '1') => {
      reimporter.consider({ definition, generators }, () => version);
    },
    finish: async (result: Result<boolean, Failure> = ok(true)) => {
      end?.resolve(result);
      await settled();
    },
    throw: async (error: unknown) => {
      end?.reject(error);
      await settled();
    },
  };
}

it('records anew for what defines the build, and else has it generate', async () => {
  const { consider, finish, told } = rig();
  consider([], []);
  consider(['Makefile'], ['gen.in']);
  await finish();
  consider([], ['gen.in']);
  expect(told).toEqual(['record Makefile', 'refresh gen.in']);
});

it('tries once for one version of the files, and again for the next', async () => {
  const { consider, finish, told } = rig();
  consider(['Makefile'], [], '1');
  await finish();
  consider(['Makefile'], [], '1');
  consider(['Makefile'], [], '2');
  expect(told).toEqual(['record Makefile', 'record Makefile']);
});

it('runs one at a time, and looks again after one that failed', async () => {
  const { consider, finish, told, events } = rig();
  consider(['Makefile'], [], '1');
  consider(['Makefile'], [], '2');
  expect(told).toHaveLength(1);
  await finish({ ok: false, failure: { kind: 'command-missing', command: 'make' } });
  expect(events).toEqual([{ kind: 'failure', failure: { kind: 'command-missing', command: 'make' } }]);
  expect(told).toHaveLength(2);
});

it('outlives an import that throws', async () => {
  const { consider, throw: throws, told, events } = rig();
  consider(['Makefile'], [], '1');
  await throws(new Error('oops'));
  expect(events).toMatchObject([{ kind: 'failure', failure: { kind: 'internal' } }]);
  consider(['Makefile'], [], '2');
  expect(told).toHaveLength(2);
});
