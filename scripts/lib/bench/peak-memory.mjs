/**
 * Loaded into makenix (`node --import`): leaves the most resident memory the process ever had, in bytes, in the file
 * that $MAKENIX_BENCH_PEAK names. Of the process's own account in proc(5), since the one of getrusage(2) begins with
 * what the parent had when it forked.
 */
import { writeFileSync } from 'node:fs';
import { peakMemory } from './proc.mjs';

const file = process.env.MAKENIX_BENCH_PEAK;
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(peakMemory('self'))));
