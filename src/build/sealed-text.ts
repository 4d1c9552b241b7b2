import { createHash } from 'node:crypto';

/** Text whose last line is a digest of what stands before it: a torn or damaged file does not pass. `text` has one line. */
export const seal = (text: string): string => `${text}\n${digestOf(text)}\n`;

/** What `seal` was given; undefined for anything that it did not write. */
export function unseal(sealed: string): string | undefined {
  const end = sealed.indexOf('\n');
  const text = sealed.slice(0, Math.max(0, end));
  return end >= 0 && sealed.slice(end + 1) === `${digestOf(text)}\n` ? text : undefined;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
