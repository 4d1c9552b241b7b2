import type { ProjectFiles } from '../host/ports.ts';
import { projectPath, trustedProjectPath, type ProjectPath } from '../model/ids.ts';

/** As the kernel's own: who leads on longer leads in a circle. */
const mostLinks = 40;

/**
 * Where a path leads when the links to directories on its way are followed, which is how a listing calls what lies there;
 * undefined where that is outside the project. What the last part of it is does not matter. What was found is remembered.
 */
export function realPathIn(files: Pick<ProjectFiles, 'readLink'>): (path: ProjectPath) => ProjectPath | undefined {
  const known = new Map<string, string | undefined>([['', '']]);
  const directory = (path: string, hops: number): string | undefined => {
    if (known.has(path)) return known.get(path);
    const slash = path.lastIndexOf('/');
    const above = directory(path.slice(0, Math.max(0, slash)), hops);
    const name = path.slice(slash + 1);
    const real = above === undefined ? undefined : follow(above === '' ? name : `${above}/${name}`, above, hops);
    known.set(path, real);
    return real;
  };
  const follow = (path: string, above: string, hops: number): string | undefined => {
    const target = files.readLink(trustedProjectPath(path));
    if (target === undefined) return path;
    if (hops >= mostLinks || target.startsWith('/')) return undefined;
    const next = projectPath(`${above}/./${target}`.replace(/^\/+/, ''));
    return next === undefined ? undefined : directory(next, hops + 1);
  };
  return (path) => {
    const slash = path.lastIndexOf('/');
    const above = directory(path.slice(0, Math.max(0, slash)), 0);
    if (above === undefined) return undefined;
    const name = path.slice(slash + 1);
    return trustedProjectPath(above === '' ? name : `${above}/${name}`);
  };
}
