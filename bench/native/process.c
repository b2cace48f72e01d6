/*
 * Measures a program from its start to its end.
 *
 *   process RUNS PROGRAM [ARGUMENT]...
 *
 * Prints the nanoseconds of each run, one per line. The program's own output is discarded.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "samples.h"

extern char **environ;

int main(int count, char **words) {
    if (count < 3) DIE("usage: process RUNS PROGRAM [ARGUMENT]...");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int run = atoi(words[1]); run > 0; run--) {
        pid_t child;
        int status;
        int64_t start = now();
        if (posix_spawnp(&child, words[2], &actions, NULL, words + 2, environ)) DIE("%s cannot be started", words[2]);
        waitpid(child, &status, 0);
        sample(now() - start);
        if (status) DIE("%s failed", words[2]);
    }
    return 0;
}
