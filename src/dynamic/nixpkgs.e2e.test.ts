import { expect, it } from 'vitest';
import { cycleOf } from '../testing/cycle.ts';
import { describeDynamic } from '../testing/dynamic.ts';
import { makenix } from '../testing/makenix.ts';
import { projectWithPackage, smallNixpkgs, withNixpkgs } from '../testing/nixpkgs.ts';
import type { TestProject } from '../testing/project.ts';

describeDynamic('with the nixpkgs toolchain', () => {
  it('makes the derivations that the other mode makes, compiler and packages being derivations', async () => {
    const packages = smallNixpkgs();
    const project = projectWithPackage();
    const first = await build(project, packages, '--dynamic');
    expect(first).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/main.o', 'src/util.o', 'util'] });
    expect(await build(project, packages)).toMatchObject({ rebuilt: [], failed: [], outputs: first.outputs });

    project.append('src/util.c', 'int more;\n');
    const second = await build(project, packages);
    expect(second.rebuilt).toEqual(['main', 'src/util.o', 'util']);
    expect(await build(project, packages, '--dynamic')).toMatchObject({ rebuilt: [], outputs: second.outputs });
  });
});

async function build({ root, store }: TestProject, packages: TestProject, ...more: readonly string[]) {
  const options = ['-C', root, '--store', store, '--toolchain', 'nixpkgs', ...more];
  const { events, stderr } = await makenix(['build', '--json', ...options], { env: withNixpkgs(packages) });
  if (events.length === 0) throw new Error(stderr);
  return cycleOf(events);
}
