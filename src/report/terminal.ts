import type { Clock } from '../host/ports.ts';
import type { CycleFinished, Envelope } from '../model/events.ts';
import {
  describeChecked,
  describeDegraded,
  describeExit,
  describeFallback,
  describeResumed,
  describeStart,
} from './describe-event.ts';
import { describeImport, describeImported, describeStale } from './describe-import.ts';
import { describeUnwritten } from './describe-state.ts';
import { describeVerification, describeVerified, isAsExpected } from './describe-verification.ts';
import { describeFailure } from './describe.ts';
import { headLine, headPaths, ledgerLines, severityPaint } from './ledger.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { renderLine, type Line, type Span } from './line.ts';
import { createLogGroups, type LogPiece } from './log-groups.ts';
import { isOldNews, isUnchanged, isUneventful } from './news.ts';
import { printableLog } from './printable.ts';
import type { Renderer, TextOut } from './renderer.ts';
import { createStatusLine } from './status-line.ts';
import { statusOf } from './status.ts';
import { createStyle, type Style } from './style.ts';
import { initialView, isWorking, nextView, type View } from './view.ts';

export interface TerminalOut extends TextOut {
  /** Read at each line: windows get resized. */
  readonly columns: number | undefined;
}

export interface TerminalOptions {
  readonly color: boolean;
  readonly verbose: boolean;
  /** Whether another cycle will come. */
  readonly watch: boolean;
  /** Lets the status line catch up where events come faster than it is drawn; without it, the next event does. */
  readonly after?: Clock['after'];
}

/**
 * Shows the stream on a terminal: one status line while something goes on, compilers' text as it comes, failures, and
 * the ledger of each cycle when it has ended. Works from 40 columns.
 */
export function createTerminalRenderer(out: TerminalOut, options: TerminalOptions): Renderer {
  const style = createStyle(options.color);
  const status = createStatusLine(out, options.after);
  const logs = createLogGroups();
  let view = initialView;
  /** The head on the screen, by identity: a cycle that took over what was shown needs no second one. */
  let shownHead: readonly string[] | undefined;
  let saidHowToStop = false;

  const width = (): number | undefined => (out.columns === 0 ? undefined : out.columns);
  const ledgerOptions = (): LedgerOptions => ({ style, verbose: options.verbose, columns: width() });
  const lines = (...each: readonly Line[]): readonly string[] => each.map((line) => renderLine(line, width()));

  const head = (paths: readonly string[]): readonly string[] => {
    if (paths.length === 0 || paths === shownHead) return [];
    shownHead = paths;
    return lines(headLine(paths, style));
  };
  /** These, below the head of the cycle that is under way, if one is (`then`: or was, when the event came). */
  const below = (then: View, texts: readonly string[]): readonly string[] =>
    texts.length === 0 || !isWorking(then) || view.cycle === undefined
      ? texts
      : [...head(headPaths(view.cycle)), ...texts];
  const logged = (pieces: readonly LogPiece[]): readonly string[] =>
    pieces.map((piece) =>
      piece.kind === 'head' ? renderLine([[piece.name, style.bold], [':']], width()) : logText(piece.text, style),
    );

  const endOfCycle = (finished: CycleFinished): readonly string[] => {
    if (view.cycle === undefined || (isUneventful(view, finished) && !options.verbose)) return [];
    const ledger = ledgerLines(view, view.cycle, finished, ledgerOptions());
    // A file that was saved as it was has not "changed".
    const beginning = isUnchanged(view.cycle, finished) ? [] : head(headPaths(view.cycle));
    return [...beginning, ...ledger, ...whatNext(finished)];
  };

  const whatNext = (finished: CycleFinished): readonly string[] => {
    const failed = finished.outcome === 'failed';
    if (!options.watch || finished.outcome === 'cancelled' || (saidHowToStop && !failed)) return [];
    const text = (failed ? 'waiting for a change' : 'watching') + (saidHowToStop ? '' : ' — Ctrl-C stops');
    saidHowToStop = true;
    return lines([[text, style.dim]]);
  };

  /** What an event leaves on the screen for good. `before`: the view it found. */
  const permanent = (e: Envelope, before: View): readonly string[] => {
    switch (e.kind) {
      case 'daemon-started':
        return options.watch || options.verbose ? lines([[describeStart(e), style.dim]]) : [];
      case 'change-observed':
        // The user's command has the terminal, and a status line would be drawn into its output.
        return view.command === undefined ? [] : head(view.changes);
      case 'log-line':
        return below(before, logged(logs.line(e.name, e.text, view.cycle?.running.has(e.name) ?? false)));
      case 'derivation-finished':
        return below(before, logged(logs.finish(e.name)));
      case 'failure':
        return isOldNews(e, view) ? [] : below(before, failureLines(describeFailure(e.failure), style));
      case 'watch-degraded':
        // Not cut: what was done about it comes last.
        return [renderLine([['! ', style.yellow], [describeDegraded(e)]], undefined)];
      case 'import-started':
        return lines([
          ['▸ ', style.cyan],
          [describeImport(e), style.dim],
        ]);
      case 'import-finished': {
        const [first = '', ...rest] = describeImported(e, options.verbose);
        const mark = exitMark(e.outcome === 'imported' ? 0 : e.outcome === 'failed' ? 1 : null, style);
        return [...lines([mark, [first]]), ...rest.map((text) => renderLine([[`  ${text}`]], undefined))];
      }
      case 'engine-fallback':
        return below(before, [renderLine([['! ', style.yellow], [describeFallback(e.because)]], undefined)]);
      case 'derivations-checked': {
        const [first = '', ...rest] = describeChecked(e);
        if (e.differing.length === 0) return below(before, lines([['  checked   '], [first, style.dim]]));
        return below(before, [
          renderLine([['! ', style.yellow], [first]], undefined),
          ...rest.map((text) => renderLine([[`  ${text}`]], undefined)),
        ]);
      }
      case 'object-verified': {
        if (isAsExpected(e)) return options.verbose ? lines([['  '], [describeVerified(e).join(' '), style.dim]]) : [];
        const [first = '', ...rest] = describeVerified(e);
        // Not cut: what is to be looked at comes last.
        return [
          renderLine([['✗ ', style.red], [first]], undefined),
          ...rest.map((text) => renderLine([[`  ${text}`]], undefined)),
        ];
      }
      case 'verification-finished': {
        const mark = exitMark(e.outcome === 'verified' ? 0 : e.outcome === 'differs' ? 1 : null, style);
        return [renderLine([mark, [describeVerification(e)]], undefined)];
      }
      case 'engine-resumed':
        return below(before, [renderLine([['! ', style.yellow], [describeResumed(e.because)]], undefined)]);
      case 'plan-stale':
        return [renderLine([['! ', style.yellow], [describeStale(e)]], undefined)];
      case 'write-failed': {
        const [first = '', ...rest] = describeUnwritten(e);
        return below(before, [
          renderLine([['! ', style.yellow], [first]], undefined),
          ...rest.map((text) => renderLine([[`  ${text}`]], undefined)),
        ]);
      }
      case 'command-started':
        return lines([
          ['▸ ', style.cyan],
          [e.argv.join(' '), style.dim],
        ]);
      case 'command-finished':
        return lines([exitMark(e.exitCode, style), [`command ${describeExit(e.exitCode, e.ms)}`]]);
      case 'cycle-finished':
        return isWorking(before) ? [...below(before, logged(logs.flush())), ...endOfCycle(e)] : [];
      case 'daemon-stopped':
        return logged(logs.flush());
      case 'daemon-ready':
      case 'verification-started':
      case 'cycle-started':
      case 'unit-scanned':
      case 'unit-failed':
      case 'graph-changed':
      case 'generator-started':
      case 'generator-finished':
      case 'stanzas-written':
      case 'derivation-started':
      case 'diagnostic':
        return [];
    }
  };

  return {
    event(e) {
      const before = view;
      view = nextView(before, e);
      const stay = permanent(e, before);
      const now = statusOf(view, style);
      status.update({
        lines: stay,
        status: now === undefined ? undefined : () => renderLine(now, (width() ?? 80) - 1),
        at: e.at,
        urgent: e.kind === 'change-observed',
      });
    },
    close: () => status.close(),
  };
}

function exitMark(exitCode: number | null, style: Style): Span {
  if (exitCode === 0) return ['✓ ', style.green];
  // Ended by a signal: most likely ours, to start it anew.
  return exitCode === null ? ['– ', style.yellow] : ['✗ ', style.red];
}

/** gcc's line, to the letter; with its colours, which it was told to leave out. */
function logText(text: string, style: Style): string {
  const safe = printableLog(text);
  const match = /^(.*?: )?((?:fatal )?error|warning|note)(: .*)$/.exec(safe);
  if (match === null) return safe;
  const [, place = '', severity = '', message = ''] = match;
  const paint = severity === 'warning' || severity === 'note' ? severityPaint(style)[severity] : style.red;
  return `${place}${paint(severity)}${message}`;
}

/** Colours what `describeFailure` laid out. */
const failureLines = (text: string, style: Style): readonly string[] =>
  text.split('\n').map((line) => {
    const match = /^(error:| {2}hint:)(.*)$/.exec(line);
    if (match === null) return line;
    const [, label = '', rest = ''] = match;
    return label === 'error:' ? `${style.red(label)}${style.bold(rest)}` : `${style.cyan(label)}${rest}`;
  });
