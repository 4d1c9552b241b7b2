export { descendantsOf, stillRunning } from '../../scripts/lib/processes.mjs';
