import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarksDocument } from './document.mjs';
import { latencyPlot } from './latency-plot.mjs';
import { merge, printRecord, readRecord } from './record.mjs';
import { suites } from './suites.mjs';

/**
 * Puts results into the files that are committed: the record, and the page and the plot that are made of it.
 *
 * @param {string} docs the directory
 * @param {readonly import('./report.mjs').Result[]} results
 * @param {import('./run-record.mjs').Run} run in which they were measured
 */
export function publish(docs, results, run) {
  const record = join(docs, 'benchmarks.json');
  const known = existsSync(record) ? readRecord(readFileSync(record, 'utf8')) : [];
  const order = suites.flatMap(({ name, scenarios }) => scenarios.map((each) => `${name}/${each.name}`));
  const kept = merge(
    known,
    results.map((result) => ({ ...result, run })),
    order,
  );
  writeFileSync(record, printRecord(kept));
  writeFileSync(join(docs, 'BENCHMARKS.md'), benchmarksDocument(kept));
  const plot = latencyPlot(kept);
  if (plot !== undefined) writeFileSync(join(docs, 'edit-latency.svg'), plot);
}
