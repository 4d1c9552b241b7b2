/** Records, and the paths in them: how one is put together, and appended to the trace in one piece. */
export const records = String.raw`/* --- records --- */

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

`;
