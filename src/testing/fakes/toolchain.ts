import type { EvaluatedTexts } from '../../nix/toolchain-evaluation.ts';

/** A toolchain that no Nix has evaluated; derivations of it are as good as any, and nobody can build them. */
export const fakeTexts: EvaluatedTexts = {
  toolchain: {
    addressing: 'content',
    system: 'x86_64-linux',
    stage: '/nix/store/00000000000000000000000000000000-makenix-stage',
    compiler: '/usr',
    bintools: '/usr',
    environment: new Map([['fingerprint', 'f']]),
    references: { drvs: new Map(), sources: [] },
    packages: new Map(),
  },
  modulos: new Map(),
};
