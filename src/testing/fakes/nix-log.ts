/**
 * Lines of `nix build --log-format internal-json`, in the very form in which Nix 2.26.3 and 2.34.8 print them: recorded,
 * with short ids and made-up hashes.
 */
export const drvOf = (name: string, hash = 'a'): string => `/nix/store/${hash.repeat(32)}-${name}.drv`;
export const outOf = (name: string): string => `/nix/store/${'z'.repeat(32)}-${name}`;

/** The activity whose progress counts builds; there are others that have progress. */
const builds = 104;
const copies = 103;

export const opening: readonly string[] = [
  '@nix {"action":"start","id":102,"level":0,"parent":0,"text":"","type":102}',
  `@nix {"action":"start","id":${builds},"level":0,"parent":0,"text":"","type":104}`,
  `@nix {"action":"start","id":${copies},"level":0,"parent":0,"text":"","type":103}`,
  `@nix {"action":"result","fields":[0,0,0,0],"id":${builds},"type":105}`,
  `@nix {"action":"result","fields":[0,0,0,0],"id":${copies},"type":105}`,
  '@nix {"action":"result","fields":[101,0],"id":102,"type":106}',
];
export const closing: readonly string[] = [stopped(copies), stopped(builds), stopped(102)];

export function started(id: number, drv: string): string {
  return `@nix {"action":"start","fields":["${drv}","",1,1],"id":${id},"level":3,"parent":0,"text":"building '${drv}'","type":105}`;
}

/** A content-addressed derivation whose inputs are known now; its own activity, around that of the build. */
export function resolved(id: number, from: string, to: string): string {
  return `@nix {"action":"start","fields":["${from}","${to}"],"id":${id},"level":3,"parent":0,"text":"resolved derivation: '${from}' -> '${to}'","type":111}`;
}

export function stopped(id: number): string {
  return `@nix {"action":"stop","id":${id}}`;
}

export function logged(id: number, text: string): string {
  return `@nix {"action":"result","fields":[${JSON.stringify(text)}],"id":${id},"type":101}`;
}

export function progress(done: number, expected: number, running: number, failed: number): string {
  return `@nix {"action":"result","fields":[${done},${expected},${running},${failed}],"id":${builds},"type":105}`;
}

/** `text` with the colours that Nix gives it. */
export function error(text: string): string {
  const coloured = JSON.stringify(text.replaceAll(/'([^']*)'/g, "'\u001b[35;1m$1\u001b[0m'")).slice(1, -1);
  const message = `\\u001b[31;1merror:\\u001b[0m ${coloured.replaceAll('\\n', '\\n       ')}`;
  return `@nix {"action":"msg","column":null,"file":null,"level":0,"line":null,"msg":"${message}","raw_msg":"${coloured}"}`;
}

export const announced = (...drvs: readonly string[]): readonly string[] => announcement(drvs, 3);

/** With `--dry-run`, the same is said on the level of errors. */
export const dryRun = (...drvs: readonly string[]): readonly string[] => announcement(drvs, 0);

function announcement(drvs: readonly string[], level: number): readonly string[] {
  const heading =
    drvs.length === 1 ? 'this derivation will be built:' : `these ${drvs.length} derivations will be built:`;
  const lines = drvs.length === 0 ? [] : [heading, ...drvs.map((drv) => `  ${drv}`)];
  return lines.map((text) => `@nix {"action":"msg","level":${level},"msg":"${text}"}`);
}

/** What `--json` prints of goals that were all built. */
export const built = (...names: readonly string[]): string =>
  JSON.stringify(names.map((name) => ({ drvPath: drvOf(name), outputs: { out: outOf(name) } })));
