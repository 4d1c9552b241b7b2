import { common } from './preload/common.ts';
import { events } from './preload/events.ts';
import { fileHooks } from './preload/file-hooks.ts';
import { programHooks } from './preload/program-hooks.ts';
import { records } from './preload/records.ts';
import { start } from './preload/start.ts';

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
export const preloadSource = [common, records, events, start, fileHooks, programHooks].join('');
