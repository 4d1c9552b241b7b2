/** How far text between single quotes is taken as it is. */
export type SingleQuotes = 'escapes' | 'literal';

/**
 * The words of text that no shell reads: blanks part them, quotes of both kinds keep blanks, and a backslash makes the next
 * character, whichever, stand for itself; within single quotes too where these have `escapes`. `isOpen`: quotes are left
 * open at the end.
 */
export function quotedWords(
  text: string,
  singleQuotes: SingleQuotes,
): { readonly words: readonly string[]; readonly isOpen: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && !(quote === "'" && singleQuotes === 'literal')) {
      word = `${word ?? ''}${text.charAt(++at)}`;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = `${word ?? ''}${character}`;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (isBlank(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  return { words: word === undefined ? words : [...words, word], isOpen: quote !== '' };
}

const isBlank = (character: string): boolean => /[ \t\n\v\f\r]/.test(character);
