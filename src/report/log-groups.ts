/** A piece of the compilers' text, in the order to show it. */
export type LogPiece =
  { readonly kind: 'head'; readonly name: string } | { readonly kind: 'text'; readonly text: string };

export interface LogGroups {
  /** A line came. `running`: its step goes on, so more may follow. */
  line(name: string, text: string, running: boolean): readonly LogPiece[];
  /** The step ended. */
  finish(name: string): readonly LogPiece[];
  /** Everything held back; what comes later starts anew. */
  flush(): readonly LogPiece[];
}

interface Waiting {
  readonly lines: string[];
  ended: boolean;
}

/**
 * Keeps each step's lines together though steps run side by side: one step at a time has the floor and its lines pass
 * as they come, those of the others wait until it ends. Every line passes exactly once.
 */
export function createLogGroups(): LogGroups {
  const waiting = new Map<string, Waiting>();
  let floor: string | undefined;
  let lastHead: string | undefined;

  const say = (name: string, lines: readonly string[]): readonly LogPiece[] => {
    if (lines.length === 0) return [];
    const texts = lines.map((text): LogPiece => ({ kind: 'text', text }));
    if (name === lastHead) return texts;
    lastHead = name;
    return [{ kind: 'head', name }, ...texts];
  };

  /** All that is complete, then the first that is not, which gets the floor. */
  const pass = (): readonly LogPiece[] => {
    const pieces: LogPiece[] = [];
    for (const [name, { lines, ended }] of waiting) {
      if (!ended) continue;
      waiting.delete(name);
      pieces.push(...say(name, lines));
    }
    for (const [name, { lines }] of waiting) {
      waiting.delete(name);
      floor = name;
      pieces.push(...say(name, lines));
      break;
    }
    return pieces;
  };

  return {
    line(name, text, running) {
      if (floor === undefined && running) floor = name;
      if (floor === undefined || floor === name) return say(name, [text]);
      const group = waiting.get(name) ?? { lines: [], ended: false };
      group.lines.push(text);
      group.ended = !running;
      waiting.set(name, group);
      return [];
    },
    finish(name) {
      if (name === floor) {
        floor = undefined;
        return pass();
      }
      const group = waiting.get(name);
      if (group !== undefined) group.ended = true;
      return [];
    },
    flush() {
      const pieces = [...waiting].flatMap(([name, { lines }]) => say(name, lines));
      waiting.clear();
      floor = undefined;
      lastHead = undefined;
      return pieces;
    },
  };
}
