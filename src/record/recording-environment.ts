/**
 * The environment of a program that is recorded: what compilers and linkers let it say about where things are and how
 * they are to be made. Nothing else of it is written down.
 */
export const recordedVariables = [
  'CPATH',
  'C_INCLUDE_PATH',
  'CPLUS_INCLUDE_PATH',
  'OBJC_INCLUDE_PATH',
  'OBJCPLUS_INCLUDE_PATH',
  'LIBRARY_PATH',
  'LD_RUN_PATH',
  'COMPILER_PATH',
  'GCC_EXEC_PREFIX',
  'CCC_OVERRIDE_OPTIONS',
  'DEPENDENCIES_OUTPUT',
  'SUNPRO_DEPENDENCIES',
  'LDEMULATION',
  'GNUTARGET',
  'SOURCE_DATE_EPOCH',
  'SYSROOT',
  'NIX_CFLAGS_COMPILE',
  'NIX_CFLAGS_COMPILE_BEFORE',
  'NIX_CFLAGS_LINK',
  'NIX_CXXSTDLIB_COMPILE',
  'NIX_LDFLAGS',
  'NIX_LDFLAGS_BEFORE',
  'NIX_HARDENING_ENABLE',
] as const;

/** What the library finds the recording by; see `preloadSource`. */
export const recordVariable = 'MAKENIX_RECORD';

/** Says "no program" where a program's token is expected; what the recorded command itself is started with. */
export const noProgram = '0'.repeat(24);

/** Without this, a program whose own libasan comes after a preloaded library refuses to run. */
export const asanOption = 'verify_asan_link_order=0';
