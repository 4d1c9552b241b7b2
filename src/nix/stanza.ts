import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep, Language, Package, ProductStep } from '../model/plan.ts';
import { nixAttribute, nixSelection, nixString, nixStrings } from './nix-text.ts';

/** The attribute of `options` that holds a step's compiler and flags; all units of a target and language share one. */
export const optionsName = (step: CompileStep): string =>
  step.language === 'c' ? step.target : `${step.target} ${step.language}`;

/** An entry of `options`. */
export function optionsStanza(step: CompileStep): string {
  return (
    `    ${nixAttribute(optionsName(step))} = {\n` +
    `      compiler = ${nixString(driver(step.language))};\n` +
    `      flags = ${nixStrings(step.flags)};\n` +
    `      packages = ${packageList(step.packages)};\n` +
    `    };\n`
  );
}

/**
 * An object's entry of `stanzas`. One header a line, and the brackets on lines of their own even where there is none:
 * a changed `#include` is a change of one line.
 */
export function objectStanza(step: CompileStep, headers: readonly ProjectPath[]): string {
  return (
    `    ${nixString(step.name)} = {\n` +
    `      source = ${nixString(step.source)};\n` +
    `      headers = ${column(headers)};\n` +
    `      options = options.${nixAttribute(optionsName(step))};\n` +
    `    };\n`
  );
}

/** A target's entry of `definitions`. */
export function productStanza(step: ProductStep): string {
  const common =
    `    ${nixAttribute(step.name)} = {\n` +
    `      form = ${nixString(step.kind === 'archive' ? 'static-library' : step.form)};\n` +
    `      file = ${nixString(step.file)};\n` +
    `      objects = ${column(step.objects)};\n`;
  if (step.kind === 'archive') return `${common}    };\n`;
  return (
    common +
    `      compiler = ${nixString(driver(step.language))};\n` +
    `      flags = ${nixStrings(step.flags)};\n` +
    `      libraries = ${nixStrings(step.libraries)};\n` +
    `      systemLibraries = ${nixStrings(step.systemLibraries)};\n` +
    `      packages = ${packageList(step.packages)};\n` +
    `    };\n`
  );
}

const driver = (language: Language): string => (language === 'c' ? 'cc' : 'c++');

const packageList = (packages: readonly Package[]): string =>
  packages.length === 0 ? '[ ]' : `[ ${packages.map((p) => `pkgs.${nixSelection(p.attribute)}`).join(' ')} ]`;

function column(values: readonly string[]): string {
  let text = '[\n';
  for (const value of values) text += `        ${nixString(value)}\n`;
  return `${text}      ]`;
}
