import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseActivityLine } from './activity-log.ts';

const drv = '/nix/store/36syqvmcpfw0fcc8gdvw5mp9xvlzayr2-src-world.o.drv';

describe('parseActivityLine', () => {
  it.each([
    [
      'a build',
      `@nix {"action":"start","fields":["${drv}","",1,1],"id":8589934592,"level":3,"parent":0,"text":"building","type":105}`,
      { kind: 'build-started', id: '8589934592', drvPath: drv },
    ],
    ['an end', '@nix {"action":"stop","id":12}', { kind: 'stopped', id: '12' }],
    [
      'a log line',
      '@nix {"action":"result","fields":["a.c:1:2: \\"x\\" \\u00e4"],"id":7,"type":101}',
      { kind: 'log-line', id: '7', text: 'a.c:1:2: "x" ä' },
    ],
    [
      'a count of failures',
      '@nix {"action":"result","fields":[3,9,1,2],"id":5,"type":105}',
      { kind: 'failure-count', failed: 2 },
    ],
    [
      'a message, without its colours',
      '@nix {"action":"msg","level":0,"msg":"\\u001b[31;1merror:\\u001b[0m no","raw_msg":"\\u001b[35;1mno\\u001b[0m"}',
      { kind: 'message', level: 0, text: 'no' },
    ],
    [
      'a message that comes in one form only',
      '@nix {"action":"msg","level":3,"msg":"these 2 derivations will be built:"}',
      { kind: 'message', level: 3, text: 'these 2 derivations will be built:' },
    ],
  ])('reads %s', (_, line, entry) => {
    expect(parseActivityLine(line)).toEqual(entry);
  });

  it.each([
    ['a type that it does not know', '@nix {"action":"start","fields":["x"],"id":1,"type":999}'],
    ['the resolving of a derivation', `@nix {"action":"start","fields":["${drv}","${drv}"],"id":1,"type":111}`],
    ['a build without a derivation', '@nix {"action":"start","fields":[],"id":1,"type":105}'],
    ['a build without fields', '@nix {"action":"start","id":1,"type":105}'],
    ['a build whose number is none', `@nix {"action":"start","fields":["${drv}"],"id":null,"type":105}`],
    ['a log line that is a number', '@nix {"action":"result","fields":[1],"id":1,"type":101}'],
    ['progress without a count of failures', '@nix {"action":"result","fields":[101,0],"id":1,"type":106}'],
    ['progress of fewer fields', '@nix {"action":"result","fields":[1,2],"id":1,"type":105}'],
    ['a message without text', '@nix {"action":"msg","level":0}'],
    ['an action that it does not know', '@nix {"action":"dance","id":1}'],
    ['half a line', '@nix {"action":"stop","id":1'],
    ['something that is no object', '@nix 12'],
    ['nothing', '@nix null'],
    ['a list', '@nix [1]'],
    ['other text', 'warning: the Nix store is on fire'],
    ['other text that mentions it', ' @nix {"action":"stop","id":12}'],
  ])('ignores %s', (_, line) => {
    expect(parseActivityLine(line)).toBeUndefined();
  });

  it('tells ids apart that are more than a number can hold', () => {
    const [one, two] = ['12884901888000001', '12884901888000002'].map((id) =>
      parseActivityLine(`@nix {"action":"stop","id":${id}}`),
    );
    expect(one).toEqual({ kind: 'stopped', id: '12884901888000001' });
    expect(two).not.toEqual(one);
  });

  it('takes no id out of a text', () => {
    const line = '@nix {"action":"result","fields":["{\\"id\\":5}"],"id":7,"type":101}';
    expect(parseActivityLine(line)).toEqual({ kind: 'log-line', id: '7', text: '{"id":5}' });
  });

  it('never throws, whatever comes', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('start', 'stop', 'result', 'msg', 101, 105));
    const entry = fc.record(
      { action: value, id: value, type: value, fields: value, level: value, msg: value, raw_msg: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          entry.map((each) => JSON.stringify(each)),
          fc.string(),
        ),
        (text) => {
          parseActivityLine(`@nix ${text}`);
        },
      ),
    );
  });
});
