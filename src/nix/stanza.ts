import type { ProjectPath } from '../model/ids.ts';
import type { CompileStep, Language, Package, ProductStep, RecordedLink } from '../model/plan.ts';
import { nixAttribute, nixSelection, nixString, nixStrings } from './nix-text.ts';

/** An entry of `options`, which all steps that name it have in common. */
export function optionsStanza(step: CompileStep): string {
  return (
    `    ${nixAttribute(step.options)} = {\n` +
    `      compiler = ${nixString(driver(step.language))};\n` +
    `      flags = ${nixStrings(step.flags)};\n` +
    `      packages = ${packageList(step.packages)};\n` +
    directoryLine(step) +
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
    `      options = options.${nixAttribute(step.options)};\n` +
    `    };\n`
  );
}

/** A target's entry of `definitions`. */
export function productStanza(step: ProductStep): string {
  const common =
    `    ${nixAttribute(step.name)} = {\n` +
    `      form = ${nixString(step.kind === 'archive' ? 'static-library' : step.form)};\n` +
    `      path = ${nixString(step.path)};\n` +
    `      inputs = ${column(step.inputs)};\n`;
  if (step.kind === 'archive') return `${common}${fileLines(step.files ?? [])}    };\n`;
  return (
    common +
    `      tool = ${nixString(step.tool)};\n` +
    `      flags = ${step.recorded === undefined ? nixStrings(step.flags) : column(step.flags)};\n` +
    `      systemLibraries = ${nixStrings(step.systemLibraries)};\n` +
    `      packages = ${packageList(step.packages)};\n` +
    (step.recorded === undefined ? '' : recordedLines(step.recorded)) +
    `    };\n`
  );
}

/** Of a recorded link; that they are there tells that its flags name its inputs. */
const recordedLines = (recorded: RecordedLink): string =>
  directoryLine(recorded) +
  `      files = ${column(recorded.files)};\n` +
  `      aliases = ${aliasSet(recorded.aliases)};\n` +
  `      names = ${nixStrings(recorded.names)};\n`;

/** An archive without them does not say so. */
const fileLines = (files: readonly ProjectPath[]): string =>
  files.length === 0 ? '' : `      files = ${column(files)};\n`;

const aliasSet = (aliases: RecordedLink['aliases']): string =>
  aliases.length === 0
    ? '{ }'
    : `{\n${aliases.map(({ path, step }) => `        ${nixString(path)} = ${nixString(step)};\n`).join('')}      }`;

/** A project that runs its tools at its top does not say so. */
const directoryLine = ({ directory }: { readonly directory?: ProjectPath }): string =>
  directory === undefined ? '' : `      directory = ${nixString(directory)};\n`;

const driver = (language: Language): string => (language === 'c' ? 'cc' : 'c++');

const packageList = (packages: readonly Package[]): string =>
  packages.length === 0 ? '[ ]' : `[ ${packages.map((p) => `pkgs.${nixSelection(p.attribute)}`).join(' ')} ]`;

function column(values: readonly string[]): string {
  let text = '[\n';
  for (const value of values) text += `        ${nixString(value)}\n`;
  return `${text}      ]`;
}
