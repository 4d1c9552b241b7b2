import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { projectOf, repository } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

it('builds Lua, and after an edit what it concerns; recovers from a syntax error', async () => {
  const project = projectOf({}, 'lua');
  await run(process.execPath, [join(repository, 'scripts/fetch-source.mjs'), 'lua5.4', project.root], repository);
  copyFileSync(join(repository, 'fixtures/lua/makenix.json'), project.path('makenix.json'));

  const makenix = await watch(project);
  expect(makenix.first.outcome).toBe('built');
  expect(makenix.first.rebuilt).toEqual(
    expect.arrayContaining(['liblua', 'lua', 'luac', 'src/lstring.o', 'src/lvm.o']),
  );
  const links = new Map(makenix.first.outputs.map(({ target, link }) => [target, link ?? '']));
  const [lua, luac] = [`${links.get('lua')}/bin/lua`, `${links.get('luac')}/bin/luac`];
  expect(await project.run(lua, '-e', 'print(_VERSION)')).toBe('Lua 5.4\n');
  expect(await project.run(luac, '-v')).toMatch(/^Lua 5\.4/);
  expect(project.exists(`${links.get('liblua')}/lib/liblua.a`)).toBe(true);

  project.append('src/lstring.c', 'const char makenix_was_here[] = "here";\n');
  const edited = await makenix.cycle();
  expect(edited.rebuilt).toEqual(['liblua', 'lua', 'luac', 'src/lstring.o']);

  const source = project.read('src/lvm.c');
  const line = source.split('\n').length;
  project.append('src/lvm.c', 'int broken = ;\n');
  const broken = await makenix.cycle();
  expect(broken).toMatchObject({ outcome: 'failed', failed: ['src/lvm.o'] });
  expect(broken.diagnostics).toContain(`src/lvm.c:${line}:14: error: expected expression before ';' token`);

  project.write('src/lvm.c', source.replaceAll('lua_Number', 'LUA_NUMBER'));
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', failed: [] });
  expect(mended.rebuilt).toContain('src/lvm.o');
  expect(await project.run(lua, '-e', 'print(1 + 1)')).toBe('2\n');
});
