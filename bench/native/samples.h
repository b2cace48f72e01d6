/* The common part of the benchmark's programs: a clock, and the output of one line per sample. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void sample(int64_t nanoseconds) { printf("%" PRId64 "\n", nanoseconds); }

#define DIE(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

#endif
