import { trustedProjectPath } from '../model/ids.ts';

/** What people write. */
export const configFile = trustedProjectPath('makenix.json');
/** What `makenix import` writes. */
export const planFile = trustedProjectPath('makenix.plan.json');
