/**
 * A program that shows products in one place: what `./result` leads to.
 *
 *     present file OUT PRODUCT FILE                       OUT and PRODUCT are store paths, FILE lies below PRODUCT
 *     present tree OUT PRODUCT FILE [PRODUCT FILE …]
 *
 * As a file, OUT is a link to the product's: `./result` is the program. As a tree, it is a directory of links at the
 * products' own places (`bin/lua`, `lib/liblua.a`). Links are relative, so that they lead somewhere in a store that is
 * not mounted at /nix/store. A program of its own because a shell would need coreutils, which close their standard error
 * before they end: Nix then takes the builder for one that hangs, now and then, and kills it.
 */
export const presentSource = String.raw`#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "present: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void show(const char *at, const char *up, const char *product, const char *file) {
  char target[PATH_MAX];
  const char *name = strrchr(product, '/');
  if (snprintf(target, sizeof target, "%s%s/%s", up, name ? name + 1 : product, file) >= (int)sizeof target) {
    errno = ENAMETOOLONG;
    fail(file);
  }
  if (symlink(target, at)) fail(at);
}

int main(int argc, char **argv) {
  const char *out = argv[2];
  if (!strcmp(argv[1], "file")) {
    show(out, "", argv[3], argv[4]);
    return 0;
  }
  if (mkdir(out, 0777)) fail(out);
  for (int i = 3; i + 1 < argc; i += 2) {
    char at[PATH_MAX], *slash;
    snprintf(at, sizeof at, "%s/%s", out, argv[i + 1]);
    slash = strrchr(at, '/');
    *slash = 0;
    if (mkdir(at, 0777) && errno != EEXIST) fail(at);
    *slash = '/';
    show(at, "../../", argv[i], argv[i + 1]);
  }
  return 0;
}
`;
