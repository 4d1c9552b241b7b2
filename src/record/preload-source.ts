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

/**
 * The recorder: a library that the dynamic linker loads into each program of a build, and that writes down what program
 * it is in and which files of the project that opens, makes and moves. A library and no tracer (ptrace), because a
 * tracer costs a good part of the build's own time, is forbidden in many containers, and does not see what response files
 * held; and no wrappers on the PATH, because those do not see a compiler that is started by its absolute path.
 *
 *     MAKENIX_RECORD = TOKEN:LIBRARY:TRACE:ROOT     and LD_PRELOAD names LIBRARY
 *
 * TOKEN is who started this program. The library draws one of its own and writes it there in place of the other, so
 * that what this program starts finds it. A token belongs to a program image: a child that only forks has its parent's
 * with the rest of memory, and process numbers, which come around again, play no part.
 *
 * Each event is one `write` to TRACE in append mode, so that the file has them in the order of time. It is opened for
 * that and closed again: no descriptor of ours is ever in the way of a program that closes, counts or hands on its own.
 * A record is `LENGTH FIELD…` and a field `LENGTH BYTES`, with lengths of 32 bits, the lowest byte first. Fields:
 *
 *     s TOKEN PARENT EXECUTABLE DIRECTORY ARGV ENVIRONMENT (NAME CONTENTS)…    strings that each end in NUL for lists
 *     r TOKEN PATH     w TOKEN PATH     m TOKEN FROM TO     l TOKEN TARGET PATH     h TOKEN FROM PATH
 *
 * What the compiler proper reads is left out: too much, and the compiler can be asked for it.
 *
 * Not seen: static programs and what has its system calls without libc (Go), programs with more rights than who starts
 * them (setuid), those of another word size, files that libc opens for itself (redirections of `posix_spawn`). What
 * these start is seen again, as long as they pass their environment on.
 *
 * To be linked against nothing (`-nostdlib`): programs have a libc already, and it need be neither the version nor the
 * kind that this is compiled with. A build may well mix this machine's programs with those of Nix.
 */
export const preloadSource = String.raw`
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

/* --- records --- */

/* One record in the making. Once something did not fit it is no good and nothing more is added. */
struct record {
  char *data;
  size_t used, size;
  int broken;
};

static void number(char *at, size_t value) {
  for (int i = 0; i < 4; i++) at[i] = (char)(value >> (8 * i));
}

static void put(struct record *record, const char *bytes, size_t length) {
  if (record->broken || length > record->size - record->used) {
    record->broken = 1;
    return;
  }
  memcpy(record->data + record->used, bytes, length);
  record->used += length;
}

static size_t begin_field(struct record *record) {
  size_t start = record->used;
  put(record, "\0\0\0\0", 4);
  return start;
}

static void end_field(struct record *record, size_t start) {
  if (!record->broken) number(record->data + start, record->used - start - 4);
}

static void put_field(struct record *record, const char *bytes, size_t length) {
  size_t start = begin_field(record);
  put(record, bytes, length);
  end_field(record, start);
}

static void begin(struct record *record, const char *kind) {
  begin_field(record);
  put_field(record, kind, 1);
  put_field(record, token, TOKEN);
}

static void append(struct record *record) {
  int fd;
  if (record->broken) return;
  end_field(record, 0);
  fd = open_next(trace, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return;
  while (write(fd, record->data, record->used) < 0 && errno == EINTR) continue;
  close(fd);
}

static void put_link(struct record *record, const char *path) {
  char target[PATH_MAX];
  ssize_t length = readlink(path, target, sizeof target);
  put_field(record, target, length > 0 ? (size_t)length : 0);
}

static void put_contents(struct record *record, int fd) {
  ssize_t length = 0;
  while (!record->broken) {
    length = read(fd, record->data + record->used, record->size - record->used);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) break;
    record->used += (size_t)length;
    if (record->used == record->size) record->broken = 1;
  }
}

/* --- paths --- */

/* Takes one component, or none where it is "." or empty, from a path at its end. */
static void put_component(struct record *record, size_t start, const char *name, size_t length) {
  if (length == 0 || (length == 1 && name[0] == '.')) return;
  if (length == 2 && name[0] == '.' && name[1] == '.') {
    while (record->used > start && record->data[--record->used] != '/') continue;
    return;
  }
  put(record, "/", 1);
  put(record, name, length);
}

static void put_components(struct record *record, size_t start, const char *path) {
  while (*path) {
    size_t length = strcspn(path, "/");
    put_component(record, start, path, length);
    path += length + (path[length] == '/');
  }
}

/* The directory a relative path begins at; 0 where it cannot be told. */
static int base(char *room, size_t size, int directory) {
  char link[32] = "/proc/self/fd/", *at = link + sizeof link - 1;
  ssize_t length;
  if (directory == AT_FDCWD) return getcwd(room, size) != NULL && room[0] == '/';
  if (directory < 0) return 0;
  *at = 0;
  do *--at = (char)('0' + directory % 10);
  while (directory /= 10);
  memmove(link + strlen("/proc/self/fd/"), at, strlen(at) + 1);
  length = readlink(link, room, size - 1);
  if (length <= 0 || room[0] != '/') return 0;
  room[length] = 0;
  return 1;
}

/* Adds the path, absolute and without ".", ".." and doubled slashes; links are not followed. Whether it is in the project. */
static int put_path(struct record *record, int directory, const char *path) {
  size_t field = begin_field(record), start = record->used, length = strlen(root);
  if (path[0] != '/') {
    char from[PATH_MAX];
    if (base(from, sizeof from, directory)) put_components(record, start, from);
    else record->broken = 1;
  }
  put_components(record, start, path);
  if (record->used == start) put(record, "/", 1);
  end_field(record, field);
  return !record->broken && record->used - start > length + 1 && record->data[start + length] == '/' &&
         !memcmp(record->data + start, root, length);
}

/* --- events --- */

/* Whether this program is known to have read the path; from now on it is. A full table forgets, and the reader of the
   trace does not mind. A child of vfork fills the table of its parent, which is the same program until it is another. */
static int is_known(const char *path, size_t length) {
  static size_t known[READS];
  size_t hash = (size_t)14695981039346656037u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)path[i]) * (size_t)1099511628211u;
  if (hash == 0) hash = 1;
  for (size_t i = 0; i < 8; i++) {
    size_t *slot = &known[(hash + i) % READS], found = __atomic_load_n(slot, __ATOMIC_RELAXED);
    if (found == hash) return 1;
    if (found != 0) continue;
    __atomic_store_n(slot, hash, __ATOMIC_RELAXED);
    return 0;
  }
  return 0;
}

#define ROOM (4 * PATH_MAX + 256)
#define EVENT(kind) \
  char room[ROOM]; \
  struct record record = {room, 0, sizeof room, 0}; \
  int saved = errno; \
  begin(&record, kind)

static void wrote(int directory, const char *path) {
  if (!ready) return;
  EVENT("w");
  if (put_path(&record, directory, path)) append(&record);
  errno = saved;
}

static void was_read(int directory, const char *path, int fd) {
  if (!ready || is_compiler) return;
  EVENT("r");
  size_t start = record.used;
  char byte;
  /* Reading nothing is an error for a directory only. */
  if (put_path(&record, directory, path) && !is_known(room + start, record.used - start) && read(fd, &byte, 0) == 0)
    append(&record);
  errno = saved;
}

static int opened(int directory, const char *path, int flags, int fd) {
  if (fd < 0 || !path) return fd;
  if ((flags & O_PATH) == O_PATH || (flags & O_DIRECTORY) == O_DIRECTORY) return fd;
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC))) wrote(directory, path);
  else was_read(directory, path, fd);
  return fd;
}

static FILE *opened_file(const char *path, const char *mode, FILE *file) {
  size_t letters = strcspn(mode, ",");
  if (!file || !path) return file;
  if (mode[0] != 'r' || memchr(mode, '+', letters)) wrote(AT_FDCWD, path);
  else was_read(AT_FDCWD, path, fileno(file));
  return file;
}

static int made_temporary(char *path, int fd) {
  return opened(AT_FDCWD, path, O_RDWR | O_CREAT, fd);
}

static int moved(const char *kind, int from_directory, const char *from, int to_directory, const char *to, int result) {
  if (result || !ready) return result;
  EVENT(kind);
  int is_ours = put_path(&record, from_directory, from);
  if (put_path(&record, to_directory, to) || (is_ours && !record.broken)) append(&record);
  errno = saved;
  return result;
}

static int linked(const char *target, int directory, const char *path, int result) {
  if (result || !ready) return result;
  EVENT("l");
  put_field(&record, target, strlen(target));
  if (put_path(&record, directory, path)) append(&record);
  errno = saved;
  return result;
}

/* --- the start of a program --- */

static const char *base_name(const char *path, size_t *length) {
  const char *name = path + *length;
  while (name > path && name[-1] != '/') name--;
  *length -= (size_t)(name - path);
  return name;
}

static int is_name(const char *name, size_t length, const char *other) {
  return length == strlen(other) && !memcmp(name, other, length);
}

/* clang is its own compiler proper in most cases: clang, clang++, clang-14 and their like. */
static int is_clang(const char *name, size_t length) {
  size_t at = 5;
  if (length < at || memcmp(name, "clang", at)) return 0;
  if (length >= at + 2 && !memcmp(name + at, "++", 2)) at += 2;
  if (at < length && name[at] == '-') at++;
  while (at < length && ((name[at] >= '0' && name[at] <= '9') || name[at] == '.')) at++;
  return at == length;
}

/* The compiler proper reads headers by the hundred, which the compiler can be asked for. */
static int reads_headers(const char *executable, size_t length) {
  static const char *const names[] = {"cc1", "cc1plus", "cc1obj", "cc1objplus", "lto1", "f951", "gnat1", "cc1d", "d21"};
  const char *name = base_name(executable, &length);
  for (size_t i = 0; i < LENGTH(names); i++)
    if (is_name(name, length, names[i])) return 1;
  return is_clang(name, length);
}

/* What other compilers made of clang call the compiler proper. */
static int is_cc1(const char *argv, size_t length) {
  size_t first = strnlen(argv, length) + 1;
  return length >= first + sizeof "-cc1" && !memcmp(argv + first, "-cc1", sizeof "-cc1");
}

static void put_environment(struct record *record, char **variables) {
  size_t field = begin_field(record);
  for (char **each = variables; *each; each++)
    for (size_t i = 0; i < LENGTH(recorded); i++)
      if (!strncmp(*each, recorded[i], strlen(recorded[i]))) put(record, *each, strlen(*each) + 1);
  end_field(record, field);
}

static size_t number_at(const struct record *record, size_t at) {
  size_t value = 0;
  for (int i = 4; i-- > 0;) value = value << 8 | (unsigned char)record->data[at + (size_t)i];
  return value;
}

/* Adds a response file, unless there is none or it is there already (two fields each, from "first"). A regular file
   only: reading from a pipe would take from others. */
static void put_response(struct record *record, size_t first, const char *name, size_t length) {
  char path[PATH_MAX], byte;
  off_t size;
  int fd;
  if (record->broken || length == 0 || length >= sizeof path) return;
  for (size_t at = first; at < record->used; at += 4 + number_at(record, at)) {
    if (number_at(record, at) == length && !memcmp(record->data + at + 4, name, length)) return;
    at += 4 + number_at(record, at);
  }
  memcpy(path, name, length);
  path[length] = 0;
  fd = open_next(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return;
  size = lseek(fd, 0, SEEK_END);
  if (size >= 0 && size < LONGEST_RECORD && lseek(fd, 0, SEEK_SET) == 0 && read(fd, &byte, 0) == 0) {
    size_t field;
    put_field(record, name, length);
    field = begin_field(record);
    put_contents(record, fd);
    end_field(record, field);
  }
  close(fd);
}

/* What @file arguments hold, and those within them: such files are often temporary. */
static void put_responses(struct record *record, size_t argv, size_t end) {
  static const char blanks[] = " \t\n\v\f\r";
  size_t first = record->used;
  for (size_t at = argv; !record->broken && at < end; at += strlen(record->data + at) + 1)
    if (record->data[at] == '@') put_response(record, first, record->data + at + 1, strlen(record->data + at + 1));
  for (size_t at = first; !record->broken && at < record->used;) {
    size_t stop;
    at += 4 + number_at(record, at);
    stop = at + 4 + number_at(record, at);
    for (at += 4; at < stop;) {
      size_t word = at;
      while (at < stop && !memchr(blanks, record->data[at], sizeof blanks - 1)) at++;
      if (word < at && record->data[word] == '@')
        put_response(record, first, record->data + word + 1, at - word - 1);
      at++;
    }
    at = stop;
  }
}

static void put_start(struct record *record, const char *parent, char **variables) {
  size_t executable, directory, argv, end;
  int fd = open_next("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  begin(record, "s");
  put_field(record, parent, TOKEN);
  executable = record->used + 4;
  put_link(record, "/proc/self/exe");
  if (!record->broken) is_compiler = reads_headers(record->data + executable, record->used - executable);
  directory = begin_field(record);
  if (!record->broken && base(record->data + record->used, record->size - record->used, AT_FDCWD))
    record->used += strlen(record->data + record->used);
  end_field(record, directory);
  argv = begin_field(record);
  if (fd >= 0) {
    put_contents(record, fd);
    close(fd);
  }
  end = record->used;
  end_field(record, argv);
  put_environment(record, variables);
  if (!record->broken && is_cc1(record->data + argv + 4, end - argv - 4)) is_compiler = 1;
  if (record->size < LONGEST_RECORD) put_responses(record, argv + 4, end);
}

/* Of TOKEN:LIBRARY:TRACE:ROOT; the root has what remains. */
static int parse_entry(void) {
  char *part = entry + strlen(variable) + TOKEN;
  char *into[] = {library, trace, root};
  for (size_t i = 0; i < LENGTH(into); i++) {
    size_t length;
    if (*part++ != ':') return 0;
    length = i + 1 < LENGTH(into) ? strcspn(part, ":") : strlen(part);
    if (length == 0 || length >= PATH_MAX) return 0;
    memcpy(into[i], part, length);
    part += length;
  }
  return 1;
}

static void draw_token(char *into) {
  static const char digits[] = "0123456789abcdef";
  struct timespec now;
  uint64_t time;
  uint32_t process = (uint32_t)getpid();
  clock_gettime(CLOCK_MONOTONIC, &now);
  time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  for (int i = 0; i < 8; i++) into[i] = digits[process >> (28 - 4 * i) & 15];
  for (int i = 0; i < 16; i++) into[8 + i] = digits[time >> (60 - 4 * i) & 15];
}

/* glibc hands its environment to constructors, and may come to set its own "environ" after this. */
__attribute__((constructor)) static void start(int argc, char **argv, char **variables) {
  char parent[TOKEN], *given = NULL;
  int saved;
  (void)argc, (void)argv;
  if (!getpid) return;
  saved = errno;
  if (environ) variables = environ;
  for (char **each = variables; each && *each; each++)
    if (!strncmp(*each, variable, strlen(variable))) given = *each;
  if (!given || strlen(given) >= sizeof entry || strlen(given) < strlen(variable) + TOKEN) return;
  memcpy(entry, given, strlen(given) + 1);
  if (!parse_entry()) return;
  token = entry + strlen(variable);
  memcpy(parent, token, TOKEN);
  draw_token(token);
  /* In place: what libc starts for itself (system, popen) is given the environment as it is. */
  memcpy(given + strlen(variable), token, TOKEN);
  for (size_t size = 1 << 16; size <= LONGEST_RECORD; size *= 4) {
    struct record record = {NULL, 0, size, 0};
    record.data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (record.data == MAP_FAILED) break;
    put_start(&record, parent, variables);
    append(&record);
    munmap(record.data, size);
    if (!record.broken) break;
  }
  ready = 1;
  errno = saved;
}

/* --- hooks: files --- */

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

/* --- hooks: programs, only so that one that clears their environment does not lose us --- */

static int begins(const char *text, const char *head) {
  return !strncmp(text, head, strlen(head));
}

/* Whether ours is all there; how many variables there are, and how much room the changed ones take. */
static int is_complete(char *const *variables, size_t *count, size_t *room) {
  int found = 0;
  *room = sizeof library + sizeof preload + sizeof asan + sizeof asan_option + 8;
  for (*count = 0; variables && variables[*count]; ++*count) {
    const char *each = variables[*count];
    if (begins(each, preload) && strstr(each, library)) found |= 1;
    if (begins(each, asan) && strstr(each, asan_option)) found |= 2;
    if (!strcmp(each, entry)) found |= 4;
    if (begins(each, preload) || begins(each, asan)) *room += strlen(each);
  }
  return !ready || found == 7;
}

static char *join(char **room, const char *const *parts) {
  char *result = *room;
  for (; *parts; parts++) {
    size_t length = strlen(*parts);
    memcpy(*room, *parts, length);
    *room += length;
  }
  *(*room)++ = 0;
  return result;
}

static void complete(char *const *variables, char **into, char *room) {
  const char *given_preload = "", *given_asan = "";
  for (; variables && *variables; variables++) {
    if (begins(*variables, preload)) given_preload = *variables + strlen(preload);
    else if (begins(*variables, asan)) given_asan = *variables + strlen(asan);
    else if (!begins(*variables, variable)) *into++ = *variables;
  }
  *into++ = entry;
  if (strstr(given_preload, library)) *into++ = (char *)(uintptr_t)(given_preload - strlen(preload));
  else *into++ = join(&room, (const char *[]){preload, library, *given_preload ? ":" : "", given_preload, NULL});
  *into++ = join(&room, (const char *[]){asan, given_asan, *given_asan ? ":" : "", asan_option, NULL});
  *into = NULL;
}

/* On the stack, which a child of vfork may use. */
#define COMPLETE(variables, completed) \
  size_t count, size; \
  int is_whole = is_complete(variables, &count, &size); \
  char *list[is_whole ? 1 : count + 4], text[is_whole ? 1 : size]; \
  if (!is_whole) complete(variables, list, text); \
  char *const *completed = is_whole ? variables : list

HOOK int execve(const char *path, char *const argv[], char *const variables[]) {
  COMPLETE(variables, completed);
  NEXT(execve);
  return next(path, argv, completed);
}

HOOK int execvpe(const char *file, char *const argv[], char *const variables[]) {
  COMPLETE(variables, completed);
  NEXT(execvpe);
  return next(file, argv, completed);
}

HOOK int fexecve(int fd, char *const argv[], char *const variables[]) {
  COMPLETE(variables, completed);
  NEXT(fexecve);
  return next(fd, argv, completed);
}

HOOK int execv(const char *path, char *const argv[]) {
  return execve(path, argv, environ);
}

HOOK int execvp(const char *file, char *const argv[]) {
  return execvpe(file, argv, environ);
}

/* The arguments of execl and its like as a list. */
#define ARGUMENTS(first, rest, argv) \
  va_list rest, counted; \
  size_t arguments = 1; \
  va_start(rest, first); \
  va_copy(counted, rest); \
  while (va_arg(counted, char *)) arguments++; \
  va_end(counted); \
  char *argv[arguments + 1]; \
  argv[0] = (char *)(uintptr_t)first; \
  for (size_t i = 1; i <= arguments; i++) argv[i] = va_arg(rest, char *)

HOOK int execl(const char *path, const char *first, ...) {
  ARGUMENTS(first, rest, argv);
  va_end(rest);
  return execve(path, argv, environ);
}

HOOK int execlp(const char *file, const char *first, ...) {
  ARGUMENTS(first, rest, argv);
  va_end(rest);
  return execvpe(file, argv, environ);
}

HOOK int execle(const char *path, const char *first, ...) {
  ARGUMENTS(first, rest, argv);
  char *const *variables = va_arg(rest, char *const *);
  va_end(rest);
  return execve(path, argv, variables);
}

#define HOOK_SPAWN(name) \
  HOOK int name(pid_t *restrict process, const char *restrict file, const posix_spawn_file_actions_t *restrict actions, \
                const posix_spawnattr_t *restrict attributes, char *const argv[restrict], \
                char *const variables[restrict]) { \
    COMPLETE(variables, completed); \
    NEXT(name); \
    return next(process, file, actions, attributes, argv, completed); \
  }

HOOK_SPAWN(posix_spawn)
HOOK_SPAWN(posix_spawnp)
`;
