/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {{ warmups: number, rounds: number }} [times] instead of those of the run
 * @property {readonly string[]} [references] contenders whom the others are compared with, instead of the usual ones
 * @property {boolean} [isLong] only with --full
 * @property {(site: import('./site.mjs').Site, measured: Measure) => Promise<readonly Measured[]>} run sets up what it
 *   needs, has its contenders measured, and leaves nothing running
 *
 * @typedef {import('./measure.mjs').Measured} Measured
 * @typedef {(contenders: readonly import('./measure.mjs').Contender[]) => Promise<readonly Measured[]>} Measure
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {(context: import('./context.mjs').Context) => Promise<import('./project.mjs').Project>} project
 * @property {readonly Scenario[]} scenarios
 */
export {};
