/** The functions of libc that start programs, only so that one that clears their environment does not lose us. */
export const programHooks = String.raw`/* --- hooks: programs, only so that one that clears their environment does not lose us --- */

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
