import { describe, expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { makenix, projectOptions, startMakenix } from '../testing/makenix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

const secondWatch = (project: TestProject) => makenix(['watch', '--json', ...projectOptions(project)]);

describe('a second watch of a project', () => {
  it('is refused with the number of the first, which goes on', async () => {
    const project = copyFixture('hello');
    const first = await watch(project);
    const { exitCode, events, stderr } = await secondWatch(project);
    expect(exitCode).toBe(2);
    expect(events.map(({ kind }) => kind)).toEqual(['failure']);
    expect(events).toMatchObject([{ failure: { kind: 'already-watched', pid: first.pid, host: null } }]);
    expect(stderr).toBe(
      `error: another makenix watch runs in this project: process ${first.pid}\n` +
        `  hint: go on with that one, or end it first (kill ${first.pid}); makenix build may run beside it\n`,
    );
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    expect(await first.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  });

  it('takes over at once from one that was killed, or has ended', async () => {
    const project = copyFixture('hello');
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const running = startMakenix(['watch', '--json', ...projectOptions(project)]);
      await running.log.next('cycle-started');
      running.signal(signal);
      await running.ended.catch(() => undefined);
      const next = await watch(project);
      expect((await secondWatch(project)).events).toMatchObject([{ failure: { pid: next.pid } }]);
      await next.interrupt();
    }
  });

  it('that starts at the same instant is the only one to be refused', async () => {
    const project = copyFixture('hello');
    const started = Array.from({ length: 4 }, () => startMakenix(['watch', '--json', ...projectOptions(project)]));
    const winners = await Promise.all(
      started.map(async (running) => {
        const won = running.log.next('daemon-started').then(() => true);
        return Promise.race([won.catch(() => false), running.ended.then(() => false)]);
      }),
    );
    expect(winners.filter(Boolean)).toHaveLength(1);
    const winner = started[winners.indexOf(true)];
    for (const running of started) {
      if (running === winner) continue;
      const { exitCode, events } = await running.ended;
      expect(exitCode).toBe(2);
      const [refusal] = eventsOf(events, 'failure');
      // Who has only just begun may not have said who it is.
      expect([winner?.pid, null]).toContain(refusal?.failure.kind === 'already-watched' ? refusal.failure.pid : 0);
    }
  });

  it('is refused after the state directory was removed too', async () => {
    const project = copyFixture('hello');
    const first = await watch(project);
    project.remove('.makenix');
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    await first.cycle();
    const { exitCode, events } = await secondWatch(project);
    expect(exitCode).toBe(2);
    expect(events).toMatchObject([{ failure: { kind: 'already-watched', pid: first.pid } }]);
  });
});
