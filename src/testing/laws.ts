import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { Envelope } from '../model/events.ts';
import { isOf } from './event-log.ts';
import { repository } from './project.ts';

/**
 * Throws where the events of a whole run break what schema/events.schema.json and src/model/events.ts promise: each is
 * as the schema says, `seq` counts from 1 without gaps, and everything that starts has exactly one end, in the cycle it
 * started in. Of a run that was killed (`isCut`), the last things have no end.
 */
export function checkLaws(events: readonly Envelope[], isCut = false): void {
  const { errors, open } = pairs(events);
  const broken = [...schemaErrors(events), ...sequenceErrors(events), ...errors, ...(isCut ? [] : open)];
  if (broken.length === 0) return;
  throw new Error(`${broken.join('\n')}\nin\n${events.map((event) => JSON.stringify(event)).join('\n')}`);
}

const ajv = new Ajv({ strict: true, allErrors: false });
const isEvent = ajv.compile(
  JSON.parse(readFileSync(join(repository, 'schema/events.schema.json'), 'utf8')) as Record<string, unknown>,
);

const schemaErrors = (events: readonly Envelope[]): readonly string[] =>
  events.flatMap((event) => (isEvent(event) ? [] : [`no event of the schema: ${JSON.stringify(event)}`]));

const sequenceErrors = (events: readonly Envelope[]): readonly string[] =>
  events.flatMap(({ seq }, i) => (seq === i + 1 ? [] : [`seq is ${seq} where it should be ${i + 1}`]));

function pairs(events: readonly Envelope[]): { readonly errors: readonly string[]; readonly open: readonly string[] } {
  const open = new Set<string>();
  const errors: string[] = [];
  const start = (what: string): void => {
    if (open.has(what)) errors.push(`${what} started twice`);
    open.add(what);
  };
  const end = (what: string): void => {
    if (!open.delete(what)) errors.push(`${what} ended without a start`);
  };
  for (const event of events) {
    const cycle = `cycle ${event.cycle}`;
    if (isOf(event, 'daemon-started')) start('the daemon');
    if (isOf(event, 'daemon-stopped')) end('the daemon');
    if (isOf(event, 'cycle-started')) start(cycle);
    if (isOf(event, 'generator-started')) start(`${event.drvPath} in ${cycle}`);
    if (isOf(event, 'generator-finished')) end(`${event.drvPath} in ${cycle}`);
    if (isOf(event, 'derivation-started')) start(`${event.name} in ${cycle}`);
    // A step that is cut off never ran.
    if (isOf(event, 'derivation-finished') && event.outcome !== 'cut-off') end(`${event.name} in ${cycle}`);
    if (isOf(event, 'cycle-finished')) {
      end(cycle);
      for (const what of open) if (what.endsWith(` in ${cycle}`)) errors.push(`${what} was left open`);
    }
    if (isOf(event, 'command-started')) start('the command');
    if (isOf(event, 'command-finished')) end('the command');
    if (isOf(event, 'import-started')) start('the import');
    if (isOf(event, 'import-finished')) end('the import');
    if (isOf(event, 'verification-started')) start('the verification');
    if (isOf(event, 'verification-finished')) end('the verification');
  }
  return { errors, open: [...open].map((what) => `${what} never ended`) };
}
