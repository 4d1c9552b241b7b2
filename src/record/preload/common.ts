import { asanOption, recordVariable, recordedVariables } from '../recording-environment.ts';

/**
 * What all parts of the recorder have in common: headers, what it is told by its environment, the functions that it stands in
 * front of.
 */
export const common = String.raw`
/* Names as they are in libc, whatever a distribution's compiler would have them stand for. */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* musl has them as macros. */
#undef creat64
#undef fopen64
#undef freopen64
#undef mkostemp64
#undef mkostemps64
#undef mkstemp64
#undef mkstemps64
#undef open64
#undef openat64

/* A program without libc has none of what we use. */
#pragma weak environ
#pragma weak getpid

#define HOOK __attribute__((visibility("default")))
#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* The function that would have been called without us. */
#define NEXT(name) \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(next))dlsym(RTLD_NEXT, #name)

enum { TOKEN = 24, READS = 4096, LONGEST_RECORD = 1 << 26 };

static const char variable[] = "${recordVariable}=", preload[] = "LD_PRELOAD=", asan[] = "ASAN_OPTIONS=";
static const char asan_option[] = "${asanOption}";
static const char *const recorded[] = {${recordedVariables.map((name) => `"${name}="`).join(', ')}};

/* Set once, before main; a child of vfork shares it all with its parent and has no need to change it. */
static char entry[3 * PATH_MAX]; /* ${recordVariable}=TOKEN:LIBRARY:TRACE:ROOT, as our children are to have it */
static char library[PATH_MAX], trace[PATH_MAX], root[PATH_MAX];
static char *token;
static int ready, is_compiler;

static int open_next(const char *path, int flags) {
  NEXT(open);
  return next ? next(path, flags) : -1;
}

`;
