import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where downloads live: `$XDG_CACHE_HOME/makenix` or `~/.cache/makenix`. A relative XDG_CACHE_HOME counts as unset, as
 * the XDG Base Directory Specification has it.
 */
export function cacheDirectory() {
  const xdg = process.env.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'makenix');
}
