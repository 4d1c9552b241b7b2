import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drvPath } from '../../model/ids.ts';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { buildPathsWithResults } from './build-operations.ts';
import { StreamEnded, WireError } from './failure.ts';
import { readMessages } from './messages.ts';
import { createWireReader, createWireWriter } from './wire.ts';

const drv = '/nix/store/36syqvmcpfw0fcc8gdvw5mp9xvlzayr2-src-world.o.drv';
const target = { drv: drvPath(drv), outputs: ['out'] };

/** An answer as a daemon gives it, with messages of every kind before. */
const answer = Buffer.concat([
  daemonBytes.text('\u001b[35;1mwarning:\u001b[0m beware\n'),
  daemonBytes.startActivity(2n ** 53n + 1n, 105, [drv, '', 1, 1]),
  daemonBytes.result(2n ** 53n + 1n, 101, ['a line']),
  daemonBytes.stopActivity(2n ** 53n + 1n),
  daemonBytes.last(),
  createWireWriter().number(1).string(`${drv}!out`).bytes(),
  daemonBytes.buildResult(0, '', { out: drv.slice(0, -4) }),
]);
const refusal = daemonBytes.error('no', ['while looking']);

const numbers = fc.constantFrom(
  0,
  1,
  7,
  101,
  2 ** 31,
  2 ** 53,
  0x6f6c6d67,
  0x616c7473,
  0x63787470,
  0x53545254,
  0x52534c54,
);
const word = fc.oneof(
  fc.uint8Array({ minLength: 8, maxLength: 8 }),
  numbers.map((value) => createWireWriter().number(value).bytes()),
);
const edits = fc.array(fc.tuple(fc.nat(), fc.oneof(word, fc.uint8Array({ maxLength: 3 })), fc.boolean()), {
  maxLength: 4,
});

/** An answer of which words are others, or which has more or fewer bytes. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.constantFrom<Uint8Array>(answer, refusal), edits).map(([whole, changes]) =>
    changes.reduce<Uint8Array>((before, [at, put, isInserted]) => {
      const start = (at * 8) % (before.length + 1);
      return Buffer.concat([before.subarray(0, start), put, before.subarray(isInserted ? start : start + put.length)]);
    }, whole),
  ),
);

it('takes whatever a daemon says for an answer, for the end, or for what is not the protocol', async () => {
  const read = async (chunk: Uint8Array): Promise<unknown> => {
    const reader = createWireReader(createScriptedStream([chunk]));
    const error = await readMessages(reader, () => undefined);
    return error ?? buildPathsWithResults([target]).answer(reader, { major: 1, minor: 38 });
  };
  expect(await read(answer)).toMatchObject([{ result: { ok: true, status: 'built' } }]);
  await fc.assert(
    fc.asyncProperty(bytes, async (chunk) => {
      const outcome = await read(chunk).catch((error: unknown) => error);
      if (outcome instanceof Error) expect([StreamEnded, WireError]).toContain(outcome.constructor);
      else expect(outcome).toBeTypeOf('object');
    }),
    { numRuns: 3000 },
  );
});
