/* Named checks. Each prints one line, and a failure does not stop the program. */
#ifndef ARC_TOKEN_TESTS_CHECK_H
#define ARC_TOKEN_TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

#include "arc_token.h"

/* The name of this build of the program, printed before each line. */
static const char *check_label = "";
static int check_failures = 0;
static int check_failures_before = 0;

#define CHECK(condition)                                                                                              \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            printf("     %s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                       \
            check_failures++;                                                                                         \
        }                                                                                                             \
    } while (0)

/* Ends a check. It fails if a CHECK failed since the last one, or if an object is not freed. */
static void check_done(const char *name) {
    CHECK(arc_token_live_objects() == 0);
    printf("%s %s: %s\n", check_failures == check_failures_before ? "PASS" : "FAIL", check_label, name);
    fflush(stdout);
    check_failures_before = check_failures;
}

/* Takes an error that must exist: checks its status and that it has a message, and frees it. */
static inline void check_error(arc_token_error *error, arc_token_status expected) {
    size_t length = 0;
    const char *message = arc_token_error_text(error, ARC_TOKEN_FIELD_MESSAGE, &length);
    CHECK(error != NULL);
    CHECK(arc_token_error_status(error) == expected);
    CHECK(message != NULL && length > 0);
    arc_token_error_free(error);
}

#endif
