import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Envelope } from '../model/events.ts';
import { createDebugLog } from './debug-log.ts';
import { createEventStream } from './events.ts';
import type { Renderer } from './renderer.ts';

function recorder(): Renderer & { readonly seen: Envelope[] } {
  const seen: Envelope[] = [];
  return { seen, event: (e) => seen.push(e), close: () => undefined };
}

describe('the event stream', () => {
  it('stamps each event with version, number, cycle and time', () => {
    const sink = recorder();
    let now = 1000;
    const events = createEventStream({ now: () => now }, [sink]);
    events.emit({ kind: 'daemon-ready' });
    now = 1007;
    expect(events.beginCycle()).toBe(1);
    events.emit({ kind: 'cycle-started', trigger: 'request' });
    expect(events.beginCycle()).toBe(2);
    events.emit({ kind: 'cycle-started', trigger: 'change' });
    expect(sink.seen).toEqual([
      { v: 1, seq: 1, cycle: 0, at: 1000, kind: 'daemon-ready' },
      { v: 1, seq: 2, cycle: 1, at: 1007, kind: 'cycle-started', trigger: 'request' },
      { v: 1, seq: 3, cycle: 2, at: 1007, kind: 'cycle-started', trigger: 'change' },
    ]);
    expect(JSON.stringify(sink.seen[0])).toBe('{"v":1,"seq":1,"cycle":0,"at":1000,"kind":"daemon-ready"}');
  });

  it('goes on for the others when one of them throws, and leaves that one alone', () => {
    let asked = 0;
    const broken: Renderer = {
      event() {
        asked++;
        throw new Error('EPIPE');
      },
      close: () => undefined,
    };
    const [first, last, errors]: [ReturnType<typeof recorder>, ReturnType<typeof recorder>, unknown[]] = [
      recorder(),
      recorder(),
      [],
    ];
    const events = createEventStream({ now: () => 0 }, [first, broken, last], (error) => errors.push(error));
    events.emit({ kind: 'daemon-ready' });
    events.emit({ kind: 'daemon-stopped', reason: 'finished' });
    expect([first.seen.length, last.seen.length, asked, errors.length]).toEqual([2, 2, 1, 1]);
  });
});

describe('the debug log', () => {
  const written = (level: 'trace' | 'error'): readonly unknown[] => {
    const folder = mkdtempSync(join(tmpdir(), 'makenix-log-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'debug.log');
    const sink = createDebugLog(file, level);
    const events = createEventStream({ now: () => 5 }, [sink]);
    events.emit({ kind: 'log-line', name: 'a.o', text: 'hm' });
    events.emit({ kind: 'failure', failure: { kind: 'nixpkgs-missing' } });
    const text = readFileSync(file, 'utf8');
    sink.close();
    return text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  };

  const failure = { v: 1, seq: 2, cycle: 0, at: 5, kind: 'failure', failure: { kind: 'nixpkgs-missing' } };

  it('has every event on disk when emit returns', () => {
    expect(written('trace')).toEqual([
      { level: 10, time: 5, v: 1, seq: 1, cycle: 0, at: 5, kind: 'log-line', name: 'a.o', text: 'hm', msg: 'log-line' },
      { level: 50, time: 5, ...failure, msg: 'failure' },
    ]);
  });

  it('leaves out what is below its level', () => {
    expect(written('error')).toEqual([{ level: 50, time: 5, ...failure, msg: 'failure' }]);
  });
});
