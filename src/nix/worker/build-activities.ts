import type { DaemonMessage } from './messages.ts';

/** What a daemon says of builds, in the order in which it does. Source, in nix: src/libutil/logging.hh. */
export type BuildActivity =
  | { readonly kind: 'started'; readonly drvPath: string }
  | { readonly kind: 'log-line'; readonly drvPath: string; readonly text: string }
  /** However it went: only the operation's result says that. */
  | { readonly kind: 'stopped'; readonly drvPath: string }
  /** A content-addressed derivation is built as another, whose inputs are known paths. */
  | { readonly kind: 'resolved'; readonly from: string; readonly to: string };

/** `ActivityType`. A derivation that is built as another is a wait, with both paths for fields. */
export const activityTypes = { realise: 102, copyPaths: 103, builds: 104, build: 105, waiting: 111 } as const;
const result = { buildLogLine: 101 } as const;

/** Follows the messages of one operation. Numbers that it does not know are passed over. */
export function followBuilds(observe: (activity: BuildActivity) => void): (message: DaemonMessage) => void {
  const running = new Map<string, string>();
  return (message) => {
    switch (message.kind) {
      case 'activity-started': {
        const [first, second] = message.fields;
        if (typeof first !== 'string') break;
        if (message.type === activityTypes.build) {
          running.set(message.id, first);
          observe({ kind: 'started', drvPath: first });
        } else if (message.type === activityTypes.waiting && typeof second === 'string') {
          observe({ kind: 'resolved', from: first, to: second });
        }
        break;
      }
      case 'activity-stopped': {
        const drvPath = running.get(message.id);
        if (drvPath === undefined) break;
        running.delete(message.id);
        observe({ kind: 'stopped', drvPath });
        break;
      }
      case 'activity-result': {
        const drvPath = running.get(message.id);
        const [text] = message.fields;
        if (drvPath === undefined || message.type !== result.buildLogLine || typeof text !== 'string') break;
        observe({ kind: 'log-line', drvPath, text });
        break;
      }
      case 'text':
      case 'passed-over':
        break;
    }
  };
}
