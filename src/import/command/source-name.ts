/**
 * Extensions that gcc takes for sources (gcc's manual, "Overall Options"); whatever else is given to a driver goes to the
 * linker. Upper case counts: `.C` is C++, `.S` is assembler to be preprocessed.
 */
const sourceExtensions = new Set(
  [
    'c i ii m mi mm M mii h cc cp cxx cpp CPP c++ C H hh hp hxx hpp HPP h++ tcc s S sx',
    'ads adb d di dd f for ftn fi F FOR fpp FPP FTN f90 f95 f03 f08 fii F90 F95 F03 F08 go brig cu',
    // C++ modules
    'ixx cppm ccm cxxm c++m',
  ].flatMap((extensions) => extensions.split(' ')),
);

const headerExtensions = new Set('h H hh hp hxx hpp HPP h++ tcc'.split(' '));

/** What follows the last dot of the last component; undefined without one. `.c` alone has an extension, as in gcc. */
const extensionOf = (path: string): string | undefined => /\.([^./]*)$/.exec(path)?.[1];

/** Whether a driver compiles the file, given what `-x` said of it. Standard input is compiled, or it is an error. */
export const isSource = (path: string, language: string | undefined): boolean =>
  language !== undefined || path === '-' || sourceExtensions.has(extensionOf(path) ?? '');

/** Whether compiling makes a precompiled header of it. */
export const isHeader = (path: string, language: string | undefined): boolean =>
  language === undefined ? headerExtensions.has(extensionOf(path) ?? '') : language.endsWith('-header');

/** `d/x.y` for `d/x.y.c`. */
export const withoutExtension = (path: string): string => path.replace(/\.[^./]*$/, '');

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
