import { expect, it } from 'vitest';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { WireError } from './failure.ts';
import { messageNumbers, readMessages, type DaemonMessage } from './messages.ts';
import { createWireReader, createWireWriter } from './wire.ts';

async function read(...chunks: readonly Uint8Array[]) {
  const messages: DaemonMessage[] = [];
  const reader = createWireReader(createScriptedStream(chunks));
  const error = await readMessages(reader, (message) => messages.push(message));
  return { messages, error };
}

it('reads every kind, up to the answer', async () => {
  // Beyond what a JavaScript number can tell apart.
  const id = 2n ** 53n + 1n;
  expect(
    await read(
      daemonBytes.text('\u001b[35;1mwarning:\u001b[0m beware\n'),
      daemonBytes.startActivity(id, 105, ['/nix/store/x.drv', '', 1, 1]),
      daemonBytes.result(id, 101, ['a line']),
      createWireWriter().number(messageNumbers.write).string('data for nobody').bytes(),
      daemonBytes.stopActivity(id),
      daemonBytes.last(),
    ),
  ).toEqual({
    messages: [
      { kind: 'text', text: 'warning: beware' },
      {
        kind: 'activity-started',
        id: '9007199254740993',
        level: 3,
        type: 105,
        text: 'doing',
        fields: ['/nix/store/x.drv', '', 1, 1],
        parent: '0',
      },
      { kind: 'activity-result', id: '9007199254740993', type: 101, fields: ['a line'] },
      { kind: 'passed-over', number: messageNumbers.write },
      { kind: 'activity-stopped', id: '9007199254740993' },
    ],
    error: undefined,
  });
});

it('reads an error with its traces, without colour', async () => {
  const { error } = await read(daemonBytes.error('\u001b[31mno\u001b[0m such path', ['while looking', 'while asking']));
  expect(error).toEqual({ message: 'no such path', traces: ['while looking', 'while asking'] });
});

it.each([
  ['a message of the unknown kind 0x2a', createWireWriter().number(42).bytes()],
  ['a message of the unknown kind 0x64617461', createWireWriter().number(messageNumbers.read).number(100).bytes()],
  [
    'a field of the unknown type 7',
    createWireWriter().number(messageNumbers.result).number(1).number(101).number(1).number(7).bytes(),
  ],
  ['an error of the unknown type "Oops"', createWireWriter().number(messageNumbers.error).string('Oops').bytes()],
  [
    'an error with a position',
    createWireWriter().number(messageNumbers.error).string('Error').number(0).string('').string('').number(1).bytes(),
  ],
])('gives up on %s', async (problem, bytes) => {
  await expect(read(bytes)).rejects.toThrow(new WireError(problem));
});
