/**
 * The staging program: lays the inputs of a step out at their project paths and then *becomes* the tool, so that no
 * shell ever parses a string of the project (and none has to be started: 60 files by a shell loop cost 0.3 s, here
 * some milliseconds).
 *
 *     stage TOOL ARG…      with $inputsPath, a file of records   KIND LENGTH PATH STORE-PATH\n
 *                          and optionally $product, a path whose directories are made,
 *                          $names, further names of the product, a line each, which lead to it,
 *                          $directory, in which the tool is to run, made if it is not there
 *
 * KIND `c` copies. It does not link, because every time stamp in the store is 1 and gcc takes two files of one time,
 * size and content for the same file (`#pragma once` then drops the second): each copy gets a time of its own.
 * KIND `l` links: objects and libraries, which may be large.
 *
 * An argument `-Wl,-rpath,$ORIGIN/nix/store/X/lib` becomes `…$ORIGIN/../../X/lib`, and one of the linker's own,
 * `-rpath=$ORIGIN…`, likewise: products lie two levels below the store directory, and a program in a store that is not mounted at /nix/store still finds its libraries.
 */
export const stageSource = String.raw`#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "stage: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void make_parents(char *path) {
  for (char *p = path + 1; *p; p++) {
    if (*p != '/') continue;
    *p = 0;
    if (mkdir(path, 0777) && errno != EEXIST) fail(path);
    *p = '/';
  }
}

static void copy(const char *from, const char *to, long serial) {
  static char buffer[1 << 17];
  struct timespec times[2] = {{serial, 0}, {serial, 0}};
  ssize_t size;
  int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (in < 0 || out < 0) fail(to);
  while ((size = read(in, buffer, sizeof buffer)) > 0)
    for (ssize_t done = 0, n; done < size; done += n)
      if ((n = write(out, buffer + done, size - done)) < 0) fail(to);
  if (size < 0 || futimens(out, times) || close(out)) fail(to);
  close(in);
}

static char *relocate(char *argument, const char *store) {
  static const char *const prefixes[] = {"-Wl,-rpath,$ORIGIN", "-rpath=$ORIGIN"};
  for (size_t i = 0; i < 2; i++) {
    size_t head = strlen(prefixes[i]), length = strlen(store);
    char *result;
    if (strncmp(argument, prefixes[i], head) || strncmp(argument + head, store, length)) continue;
    if (asprintf(&result, "%s/../..%s", prefixes[i], argument + head + length) < 0) fail("memory");
    return result;
  }
  return argument;
}

static void name(const char *product, char *names) {
  const char *file = strrchr(product, '/') + 1;
  for (char *each = strtok(names, "\n"); each; each = strtok(NULL, "\n")) {
    char *path;
    if (asprintf(&path, "%.*s%s", (int)(file - product), product, each) < 0) fail("memory");
    if (symlink(file, path)) fail(path);
    free(path);
  }
}

int main(int argc, char **argv) {
  static char path[PATH_MAX], source[PATH_MAX];
  char *list = getenv("inputsPath"), *product = getenv("product"), *names = getenv("names");
  char *directory = getenv("directory"), *store = getenv("NIX_STORE"), kind;
  size_t length;
  FILE *records = list ? fopen(list, "r") : NULL;
  if (argc < 2 || !records) fail("inputs");
  for (long serial = 1; fscanf(records, "%c %zu", &kind, &length) == 2; serial++) {
    if (length >= sizeof path || fgetc(records) != ' ' || fread(path, 1, length, records) != length ||
        fscanf(records, " %4095[^\n]", source) != 1 || fgetc(records) != '\n') {
      errno = EINVAL;
      fail("inputs");
    }
    path[length] = 0;
    make_parents(path);
    if (kind == 'c') copy(source, path, serial);
    else if (symlink(source, path)) fail(path);
  }
  fclose(records);
  if (product) make_parents(product = strdup(product));
  if (product && names) name(product, names = strdup(names));
  if (directory) {
    snprintf(path, sizeof path, "%s/", directory);
    make_parents(path);
    if (chdir(path)) fail(path);
  }
  for (int i = 2; i < argc; i++) argv[i] = relocate(argv[i], store ? store : "/nix/store");
  /* Nix gives its builders a terminal; the log is for reading. */
  setenv("TERM", "dumb", 1);
  execv(argv[1], argv + 1);
  fail(argv[1]);
}
`;
