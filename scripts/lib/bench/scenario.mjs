/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {{ warmups: number, rounds: number }} [most] where those of the run would take too long
 * @property {readonly string[]} [references] contenders whom the others are compared with, instead of the usual ones
 * @property {boolean} [isLong] only with --full
 * @property {readonly LeftOut[]} [leftOut] who could take part and does not
 * @property {(site: import('./site.mjs').Site, measured: Measure) => Promise<readonly Measured[]>} run sets up what it
 *   needs, has its contenders measured, and leaves nothing running
 *
 * @typedef {{ readonly who: string, readonly because: string }} LeftOut
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
