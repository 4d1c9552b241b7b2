import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  announced,
  closing,
  drvOf,
  dryRun,
  error,
  logged,
  opening,
  progress,
  resolved,
  started,
  stopped,
} from '../testing/fakes/nix-log.ts';
import { followBuildLog, nameOf, type BuildLog } from './build-log.ts';

interface Told {
  /** `+src-hello.o`, `src-hello.o: text`, `-src-hello.o`; `!src-hello.o` where it failed, `?src-hello.o` where it was cut short. */
  readonly told: string[];
  readonly log: BuildLog;
}

function follow(lines: readonly string[]): Told {
  const told: string[] = [];
  const log = followBuildLog((observation) => {
    const { kind, name } = observation;
    if (kind === 'started') told.push(`+${name}`);
    else if (kind === 'log-line') told.push(`${name}: ${observation.text}`);
    else told.push(`${{ succeeded: '-', failed: '!', 'cut-short': '?' }[observation.how]}${name}`);
  });
  for (const line of lines) log.line(line);
  return { told, log };
}

const hello = drvOf('src-hello.o');
const hello2 = drvOf('src-hello.o', 'b');
const world = drvOf('src-world.o');
const world2 = drvOf('src-world.o', 'b');
const main = drvOf('main');
const main2 = drvOf('main', 'b');

describe('a build that succeeds', () => {
  it('is followed in Nix 2.34', () => {
    const { told, log } = follow([
      ...announced(world, main),
      ...opening,
      resolved(11, world, world2),
      started(12, world2),
      progress(0, 3, 1, 0),
      logged(12, 'src/world.c:4:2: warning: #warning careful [-Wcpp]'),
      progress(1, 3, 0, 0),
      stopped(12),
      progress(2, 3, 0, 0),
      stopped(11),
      resolved(13, main, main2),
      started(14, main2),
      stopped(14),
      stopped(13),
      ...closing,
    ]);
    expect(told).toEqual([
      '+src-world.o',
      'src-world.o: src/world.c:4:2: warning: #warning careful [-Wcpp]',
      '-src-world.o',
      '+main',
      '-main',
    ]);
    expect(log.announced).toEqual([world, main]);
    expect(log.messages).toEqual([]);
    log.end(true);
    expect(told).toHaveLength(5);
  });

  it('is followed in Nix 2.26, which ends all of them at the end', () => {
    const { told } = follow([
      ...opening,
      resolved(11, world, world2),
      started(12, world2),
      progress(1, 3, 0, 0),
      resolved(13, main, main2),
      started(14, main2),
      progress(3, 3, 0, 0),
      stopped(11),
      stopped(12),
      stopped(13),
      stopped(14),
      ...closing,
    ]);
    expect(told).toEqual(['+src-world.o', '+main', '-src-world.o', '-main']);
  });
});

describe('a compile that fails while another goes on', () => {
  const rest = `build of '${hello}^out', '${world}^out', '${main}^out' failed`;

  it('is told apart in Nix 2.34', () => {
    const { told, log } = follow([
      ...opening,
      resolved(11, hello, hello2),
      resolved(12, world, world2),
      started(13, hello2),
      started(14, world2),
      logged(13, "src/hello.c:1:27: error: 'missing' undeclared"),
      progress(0, 5, 1, 1),
      stopped(13),
      error(`Cannot build '${hello2}'.\nReason: 'builder failed with exit code 1'.`),
      progress(0, 4, 1, 1),
      stopped(11),
      error(`build of resolved derivation '${hello2}' failed`),
      logged(14, 'src/world.c:4:2: warning: #warning careful [-Wcpp]'),
      progress(1, 4, 0, 1),
      stopped(14),
      progress(2, 4, 0, 1),
      stopped(12),
      ...closing,
      error(`build of resolved derivation '${hello2}' failed`),
      error(`Cannot build '${main}'.\nReason: '1 dependency failed'.`),
      error(rest),
    ]);
    expect(told).toEqual([
      '+src-hello.o',
      '+src-world.o',
      "src-hello.o: src/hello.c:1:27: error: 'missing' undeclared",
      '!src-hello.o',
      'src-world.o: src/world.c:4:2: warning: #warning careful [-Wcpp]',
      '-src-world.o',
    ]);
    expect(log.messages[0]).toBe(`Cannot build '${hello2}'.\nReason: 'builder failed with exit code 1'.`);
    expect(log.messages).toHaveLength(5);
    log.end(false);
    expect(told).toHaveLength(6);
  });

  it('is told apart in Nix 2.34 where the other ends between the failure and its explanation', () => {
    const { told } = follow([
      ...opening,
      started(13, hello2),
      started(14, world2),
      progress(0, 5, 1, 1),
      stopped(13),
      stopped(14),
      error(`Cannot build '${hello2}'.\nReason: 'builder failed with exit code 1'.`),
    ]);
    expect(told).toEqual(['+src-hello.o', '+src-world.o', '!src-hello.o', '-src-world.o']);
  });

  it('is told apart in Nix 2.26', () => {
    const { told, log } = follow([
      ...opening,
      resolved(11, hello, hello2),
      resolved(12, world, world2),
      started(13, hello2),
      started(14, world2),
      progress(0, 4, 1, 1),
      error(`builder for '${hello2}' failed with exit code 1`),
      progress(0, 3, 1, 2),
      progress(2, 3, 0, 2),
      stopped(12),
      stopped(14),
      stopped(11),
      stopped(13),
      ...closing,
      error(`1 dependencies of derivation '${main}' failed to build`),
      error(rest),
    ]);
    expect(told).toEqual(['+src-hello.o', '+src-world.o', '!src-hello.o', '-src-world.o']);
    log.end(false);
    expect(told).toHaveLength(4);
  });
});

it('gives what is cut off its end', () => {
  const { told, log } = follow([...opening, started(13, hello2), started(14, world2), logged(13, 'so far')]);
  log.end(false);
  expect(told).toEqual(['+src-hello.o', '+src-world.o', 'src-hello.o: so far', '?src-hello.o', '?src-world.o']);
});

it('does not take a warning that names a running build for its failure', () => {
  const warning = error(`'${hello2}' is slow`).replace('"level":0', '"level":1');
  const { told, log } = follow([started(13, hello2), warning, stopped(13)]);
  expect(told).toEqual(['+src-hello.o', '-src-hello.o']);
  expect(log.messages).toEqual([]);
});

it('keeps what Nix says in other forms, and no more', () => {
  const { told, log } = follow([
    'warning: ignoring the client-specified setting',
    '',
    '@nix {"action":"start","id":1,"type":999,"fields":["new in 3.0"]}',
    '@nix {"action":"result","id":1,"type":105,"fields":["not","the","old","fields"]}',
    '@nix {"action":"juggle"}',
    '@nix {"action":"st',
    stopped(99),
    logged(99, 'of nobody'),
    error("experimental Nix feature 'ca-derivations' is disabled"),
  ]);
  expect(told).toEqual([]);
  expect(log.messages).toEqual([
    'warning: ignoring the client-specified setting',
    "experimental Nix feature 'ca-derivations' is disabled",
  ]);
});

it('ends every build that it has begun exactly once, whatever the lines', () => {
  const drvs = [hello, hello2, world, main];
  const drv = fc.constantFrom(...drvs);
  const id = fc.integer({ min: 10, max: 14 });
  /** An activity has one derivation, and a derivation one activity, which begins once. */
  const idOf = (path: string): number => 10 + drvs.indexOf(path);
  const line = fc.oneof(
    drv.map((path) => ({ line: started(idOf(path), path), once: path })),
    fc
      .oneof(
        id.map(stopped),
        id.map((each) => logged(each, 'text')),
        fc.integer({ min: 0, max: 3 }).map((failed) => progress(0, 3, 1, failed)),
        drv.map((path) => error(`Cannot build '${path}'.`)),
        drv.map((path) => error(`build of '${path}^out' failed`)),
        fc.constantFrom('', 'text', '@nix {}', ...closing),
      )
      .map((text) => ({ line: text, once: undefined })),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(line, { maxLength: 30, selector: ({ line: text, once }) => once ?? Symbol(text) }),
      fc.boolean(),
      (lines, succeeded) => {
        const { told, log } = follow(lines.map(({ line: text }) => text));
        log.end(succeeded);
        const running = new Map<string, number>();
        for (const entry of told.filter((text) => /^[-+!?]/.test(text))) {
          const name = entry.slice(1);
          const count = (running.get(name) ?? 0) + (entry.startsWith('+') ? 1 : -1);
          expect(count, entry).toBeGreaterThanOrEqual(0);
          running.set(name, count);
        }
        expect([...running.values()].every((count) => count === 0)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

it('keeps what a dry run announces, which is no error', () => {
  const { log } = follow(dryRun(world, main));
  expect(log.announced).toEqual([world, main]);
  expect(follow(dryRun(main)).log.announced).toEqual([main]);
});

it('takes the name out of a store path', () => {
  expect(nameOf(drvOf('src-hello.o'))).toBe('src-hello.o');
  expect(nameOf(drvOf('=2ddash.o'))).toBe('=2ddash.o');
  expect(nameOf('/nix/store/00000000000000000000000000000000-a.drv.o')).toBe('a.drv.o');
});

// Each of these takes minutes where a stretch of text is gone through again from each of its places.
it.each(['/', '/a', "/a.drv'", '.drv', "'", '\u001b[', '/a.drv^'])('gets through a message of much of %j', (unit) => {
  const log = followBuildLog(() => undefined);
  log.line(`@nix ${JSON.stringify({ action: 'msg', level: 0, msg: unit.repeat(300_000 / unit.length) })}`);
  log.line(unit.repeat(300_000 / unit.length));
  log.end(false);
  expect(log.messages).toHaveLength(2);
});

it('never throws, whatever a line is', () => {
  const fields = fc.array(fc.oneof(fc.jsonValue(), fc.constant('/nix/store/x.drv'), fc.nat(3)), { maxLength: 5 });
  const entry = fc.record({
    action: fc.constantFrom('start', 'stop', 'result', 'msg', 'other'),
    id: fc.oneof(fc.nat(3), fc.string()),
    type: fc.constantFrom(101, 105, 0),
    level: fc.nat(3),
    msg: fc.oneof(fc.string(), fc.constant("builder for '/nix/store/x.drv' failed"), fc.jsonValue()),
    fields,
  });
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    entry.map((value) => `@nix ${JSON.stringify(value)}`),
  );
  fc.assert(
    fc.property(fc.array(line), fc.boolean(), (lines, succeeded) => {
      const log = followBuildLog(() => undefined);
      for (const each of lines) log.line(each);
      log.end(succeeded);
      expect(log.messages.every((message) => typeof message === 'string')).toBe(true);
    }),
  );
});
