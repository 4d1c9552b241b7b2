/** What a program does to files of the project, each once as far as that is known. */
export const events = String.raw`/* --- events --- */

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

`;
