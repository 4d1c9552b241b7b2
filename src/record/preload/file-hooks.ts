/** The functions of libc that open, make, rename and link files. */
export const fileHooks = String.raw`/* --- hooks: files --- */

#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list list; \
    va_start(list, flags); \
    mode = (mode_t)va_arg(list, int); \
    va_end(list); \
  }

#define HOOK_OPEN(name) \
  HOOK int name(const char *path, int flags, ...) { \
    MODE_OF(flags, mode) \
    NEXT(name); \
    return opened(AT_FDCWD, path, flags, next(path, flags, mode)); \
  }
#define HOOK_OPENAT(name) \
  HOOK int name(int directory, const char *path, int flags, ...) { \
    MODE_OF(flags, mode) \
    NEXT(name); \
    return opened(directory, path, flags, next(directory, path, flags, mode)); \
  }
/* As _FORTIFY_SOURCE has them called. */
#define HOOK_OPEN_2(name) \
  int name(const char *path, int flags); \
  HOOK int name(const char *path, int flags) { \
    NEXT(name); \
    return opened(AT_FDCWD, path, flags, next(path, flags)); \
  }
#define HOOK_OPENAT_2(name) \
  int name(int directory, const char *path, int flags); \
  HOOK int name(int directory, const char *path, int flags) { \
    NEXT(name); \
    return opened(directory, path, flags, next(directory, path, flags)); \
  }
#define HOOK_CREAT(name) \
  int name(const char *path, mode_t mode); \
  HOOK int name(const char *path, mode_t mode) { \
    NEXT(name); \
    return opened(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, next(path, mode)); \
  }
#define HOOK_FOPEN(name) \
  FILE *name(const char *path, const char *mode); \
  HOOK FILE *name(const char *path, const char *mode) { \
    NEXT(name); \
    return opened_file(path, mode, next(path, mode)); \
  }
#define HOOK_FREOPEN(name) \
  FILE *name(const char *path, const char *mode, FILE *file); \
  HOOK FILE *name(const char *path, const char *mode, FILE *file) { \
    NEXT(name); \
    return opened_file(path, mode, next(path, mode, file)); \
  }
#define HOOK_TEMPORARY(name, parameters, arguments) \
  int name parameters; \
  HOOK int name parameters { \
    NEXT(name); \
    return made_temporary(path, next arguments); \
  }

int open64(const char *path, int flags, ...);
int __open(const char *path, int flags, ...);
int __open64(const char *path, int flags, ...);
int openat64(int directory, const char *path, int flags, ...);
HOOK_OPEN(open)
HOOK_OPEN(open64)
HOOK_OPEN(__open)
HOOK_OPEN(__open64)
HOOK_OPENAT(openat)
HOOK_OPENAT(openat64)
HOOK_OPEN_2(__open_2)
HOOK_OPEN_2(__open64_2)
HOOK_OPENAT_2(__openat_2)
HOOK_OPENAT_2(__openat64_2)
HOOK_CREAT(creat)
HOOK_CREAT(creat64)
HOOK_FOPEN(fopen)
HOOK_FOPEN(fopen64)
HOOK_FREOPEN(freopen)
HOOK_FREOPEN(freopen64)
HOOK_TEMPORARY(mkstemp, (char *path), (path))
HOOK_TEMPORARY(mkstemp64, (char *path), (path))
HOOK_TEMPORARY(mkostemp, (char *path, int flags), (path, flags))
HOOK_TEMPORARY(mkostemp64, (char *path, int flags), (path, flags))
HOOK_TEMPORARY(mkstemps, (char *path, int suffix), (path, suffix))
HOOK_TEMPORARY(mkstemps64, (char *path, int suffix), (path, suffix))
HOOK_TEMPORARY(mkostemps, (char *path, int suffix, int flags), (path, suffix, flags))
HOOK_TEMPORARY(mkostemps64, (char *path, int suffix, int flags), (path, suffix, flags))

HOOK int rename(const char *from, const char *to) {
  NEXT(rename);
  return moved("m", AT_FDCWD, from, AT_FDCWD, to, next(from, to));
}

HOOK int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  NEXT(renameat);
  return moved("m", from_directory, from, to_directory, to, next(from_directory, from, to_directory, to));
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags);
HOOK int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
  NEXT(renameat2);
  return moved("m", from_directory, from, to_directory, to, next(from_directory, from, to_directory, to, flags));
}

HOOK int link(const char *from, const char *to) {
  NEXT(link);
  return moved("h", AT_FDCWD, from, AT_FDCWD, to, next(from, to));
}

HOOK int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
  NEXT(linkat);
  int result = next(from_directory, from, to_directory, to, flags);
  /* A file that had no name before (O_TMPFILE). */
  if ((flags & AT_EMPTY_PATH) || !strncmp(from, "/proc/", 6)) return opened(to_directory, to, O_WRONLY, result);
  return moved("h", from_directory, from, to_directory, to, result);
}

HOOK int symlink(const char *target, const char *path) {
  NEXT(symlink);
  return linked(target, AT_FDCWD, path, next(target, path));
}

HOOK int symlinkat(const char *target, int directory, const char *path) {
  NEXT(symlinkat);
  return linked(target, directory, path, next(target, directory, path));
}

`;
