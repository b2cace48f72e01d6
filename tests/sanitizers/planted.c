/* Makes a memory error on purpose. With it, tools/sanitizers.sh proves that the sanitizers find errors.
 *
 *     planted none|use-after-free|inside|overflow
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arc_token.h"

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    arc_token_error *error = NULL;
    size_t length = 0;
    volatile int read = 0;
    arc_token_request_new(NULL, 1, NULL, &error);
    const char *message = arc_token_error_text(error, ARC_TOKEN_FIELD_MESSAGE, &length);
    if (strcmp(what, "none") == 0) {
        read = message[length - 1];
        arc_token_error_free(error);
    } else if (strcmp(what, "use-after-free") == 0) {
        arc_token_error_free(error);
        read = message[0];
    } else if (strcmp(what, "inside") == 0) {
        /* The library itself reads freed memory. */
        arc_token_error_free(error);
        read = (int)arc_token_error_status(error);
    } else if (strcmp(what, "overflow") == 0) {
        char *copy = (char *)malloc(length);
        memcpy(copy, message, length);
        read = ((volatile char *)copy)[length];
        free(copy);
        arc_token_error_free(error);
    } else {
        fprintf(stderr, "usage: planted none|use-after-free|inside|overflow\n");
        return 2;
    }
    printf("read %d\n", read);
    return 0;
}
