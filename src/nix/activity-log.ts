/**
 * Nix's `--log-format internal-json`: lines `@nix {…}` on stderr. Source: src/libutil/logging.{hh,cc} in NixOS/nix.
 * Activities and results carry numbers; those we know are named here, all others are ignored, as is every line that
 * does not parse: a newer Nix may say more, and must not stop us.
 */
/*
 * Ids are kept as text: Nix makes them of its process id and a counter (`pid << 32`), and from pid 2^21 on, which Linux
 * reaches, they are more than a JavaScript number can tell apart.
 */
export type ActivityLine =
  | { readonly kind: 'build-started'; readonly id: string; readonly drvPath: string }
  | { readonly kind: 'stopped'; readonly id: string }
  | { readonly kind: 'log-line'; readonly id: string; readonly text: string }
  /** How many builds have failed so far, of the activity that counts them. */
  | { readonly kind: 'failure-count'; readonly failed: number }
  | { readonly kind: 'message'; readonly level: number; readonly text: string };

const activity = { build: 105 } as const;
const result = { buildLogLine: 101, progress: 105 } as const;

/** The level of an error message. */
export const errorLevel = 0;

export function parseActivityLine(line: string): ActivityLine | undefined {
  if (!line.startsWith('@nix ')) return undefined;
  const entry = parseObject(line.slice(5));
  if (entry === undefined) return undefined;
  const { action, id, type, fields } = entry;
  switch (action) {
    case 'start': {
      const [drvPath] = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
      if (type !== activity.build || typeof id !== 'string' || typeof drvPath !== 'string') return undefined;
      return { kind: 'build-started', id, drvPath };
    }
    case 'stop':
      return typeof id === 'string' ? { kind: 'stopped', id } : undefined;
    case 'result': {
      const list = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
      if (type === result.buildLogLine && typeof id === 'string' && typeof list[0] === 'string') {
        return { kind: 'log-line', id, text: list[0] };
      }
      if (type === result.progress && typeof list[3] === 'number') return { kind: 'failure-count', failed: list[3] };
      return undefined;
    }
    case 'msg': {
      const { level, raw_msg: raw, msg } = entry;
      const text = typeof raw === 'string' ? raw : msg;
      if (typeof level !== 'number' || typeof text !== 'string') return undefined;
      return { kind: 'message', level, text: withoutColour(text) };
    }
    default:
      return undefined;
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/"id":(\d+)/, '"id":"$1"'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

// eslint-disable-next-line no-control-regex -- SGR sequences are what is taken out
const withoutColour = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');
