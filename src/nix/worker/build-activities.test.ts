import { expect, it } from 'vitest';
import { followBuilds, type BuildActivity } from './build-activities.ts';
import type { DaemonMessage } from './messages.ts';

const started = (id: string, type: number, fields: readonly (string | number)[]): DaemonMessage => ({
  kind: 'activity-started',
  id,
  level: 3,
  type,
  text: '',
  fields,
  parent: '0',
});
const said = (id: string, type: number, fields: readonly (string | number)[]): DaemonMessage => ({
  kind: 'activity-result',
  id,
  type,
  fields,
});

it('tells builds from all else, and whose line is whose', () => {
  const seen: BuildActivity[] = [];
  const follow = followBuilds((activity) => seen.push(activity));
  const messages: readonly DaemonMessage[] = [
    { kind: 'text', text: 'hello' },
    started('1', 104, []),
    started('2', 105, ['/nix/store/a.drv', '', 1, 1]),
    said('1', 105, [0, 1, 1, 0]),
    started('3', 111, ['/nix/store/b.drv', '/nix/store/resolved.drv']),
    started('4', 105, ['/nix/store/resolved.drv', '', 1, 1]),
    said('4', 101, ['of b']),
    said('2', 101, ['of a']),
    said('2', 104, ['buildPhase']),
    said('9', 101, ['of nobody']),
    said('2', 101, [7]),
    { kind: 'passed-over', number: 1 },
    { kind: 'activity-stopped', id: '2' },
    said('2', 101, ['too late']),
    { kind: 'activity-stopped', id: '4' },
    { kind: 'activity-stopped', id: '1' },
    started('5', 105, [1]),
    started('6', 4711, ['?']),
  ];
  for (const message of messages) follow(message);
  expect(seen).toEqual([
    { kind: 'started', drvPath: '/nix/store/a.drv' },
    { kind: 'resolved', from: '/nix/store/b.drv', to: '/nix/store/resolved.drv' },
    { kind: 'started', drvPath: '/nix/store/resolved.drv' },
    { kind: 'log-line', drvPath: '/nix/store/resolved.drv', text: 'of b' },
    { kind: 'log-line', drvPath: '/nix/store/a.drv', text: 'of a' },
    { kind: 'stopped', drvPath: '/nix/store/a.drv' },
    { kind: 'stopped', drvPath: '/nix/store/resolved.drv' },
  ]);
});
