/** The start of a program: who it is, who started it, with what arguments, and what its response files hold. */
export const start = String.raw`/* --- the start of a program --- */

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

`;
