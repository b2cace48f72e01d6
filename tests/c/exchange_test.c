/* Tests with the emulator: a real exchange, and waiting for one that never ends. Valid C11 and C++17.
 *
 *     exchange_test LABEL ENDPOINT KEY_DIRECTORY
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

#include "support.h"

/* Whether a text exists and contains `part`. Every text contains an empty part. */
static int holds(const char *text, size_t length, const char *part) {
    size_t wanted = strlen(part);
    if (text == NULL)
        return 0;
    for (size_t at = 0; at + wanted <= length; at++)
        if (memcmp(text + at, part, wanted) == 0)
            return 1;
    return 0;
}

static int result_holds(const arc_token_result *result, arc_token_field field, const char *part) {
    size_t length = 0;
    const char *text = arc_token_result_text(result, field, &length);
    return holds(text, length, part);
}

static void token(const char *endpoint, const char *key_directory) {
    arc_token_request *request = request_to(endpoint, key_directory);
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    CHECK(arc_token_request_start(request, &error) == ARC_TOKEN_STATUS_OK);
    arc_token_status status = arc_token_request_wait(request, 60000, &result, &error);
    if (status != ARC_TOKEN_STATUS_OK) {
        size_t length = 0;
        const char *message = arc_token_error_text(error, ARC_TOKEN_FIELD_MESSAGE, &length);
        printf("     %.*s\n", (int)length, message != NULL ? message : "");
    }
    CHECK(status == ARC_TOKEN_STATUS_OK && error == NULL);
    arc_token_request_free(request);

    /* All values must outlive the request. */
    size_t length = 0;
    const uint8_t *bytes = arc_token_result_token(result, &length);
    CHECK(bytes != NULL && length > 100 && memcmp(bytes, "eyJ", 3) == 0);
    CHECK(arc_token_result_expires_on(result) > (int64_t)time(NULL));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_RESOURCE, resource));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_ENDPOINT, endpoint));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_ENDPOINT_SOURCE, ""));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_TENANT_ID, "-"));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_CLIENT_ID, "-"));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_OBJECT_ID, "-"));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_MACHINE_RESOURCE_ID, "/subscriptions/"));
    CHECK(result_holds(result, ARC_TOKEN_FIELD_LOG, " ms: "));
    CHECK(!result_holds(result, ARC_TOKEN_FIELD_MESSAGE, ""));
    CHECK(!result_holds(result, ARC_TOKEN_FIELD_LOG, "eyJ") && !result_holds(result, ARC_TOKEN_FIELD_LOG_DETAIL, "eyJ"));
    arc_token_result_free(result);
    check_done("a token through a request");
}

/* This function takes no endpoint, so its outcome depends on the machine. tests/abi.rs tests its success, in a process with
 * another environment. */
static void simple(void) {
    char *text = NULL;
    arc_token_error *error = NULL;
    arc_token_status status = arc_token_get("/subscriptions/x", 16, &text, &error);
    CHECK(status == ARC_TOKEN_STATUS_INVALID_ARGUMENT && text == NULL);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_done("the simplest call refuses what is no resource");
}

static void *wait_for_it(void *request) {
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    CHECK(arc_token_request_wait((arc_token_request *)request, 50000, &result, &error) == ARC_TOKEN_STATUS_CANCELLED);
    CHECK(result == NULL);
    check_error(error, ARC_TOKEN_STATUS_CANCELLED);
    return NULL;
}

static void cancel(void) {
    enum { WAITERS = 4 };
    char endpoint[128];
    int listener = silent_port(endpoint, sizeof endpoint);
    arc_token_request *request = request_to(endpoint, NULL);
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    double start = now();
    CHECK(arc_token_request_start(request, NULL) == ARC_TOKEN_STATUS_OK);
    CHECK(arc_token_request_start(request, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_wait(request, 50, &result, &error) == ARC_TOKEN_STATUS_PENDING);
    CHECK(result == NULL && error == NULL);

    pthread_t waiters[WAITERS];
    for (int n = 0; n < WAITERS; n++)
        CHECK(pthread_create(&waiters[n], NULL, wait_for_it, request) == 0);
    pause_ms(100);
    arc_token_request_cancel(request);
    for (int n = 0; n < WAITERS; n++)
        CHECK(pthread_join(waiters[n], NULL) == 0);
    CHECK(now() - start < 10);
    arc_token_request_free(request);
    close(listener);
    check_done("cancelling from another thread ends every wait");
}

static void time_out(void) {
    char endpoint[128];
    int listener = silent_port(endpoint, sizeof endpoint);
    arc_token_request *request = request_to(endpoint, NULL);
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    CHECK(arc_token_request_set_number(request, ARC_TOKEN_OPTION_TIMEOUT_MS, 500, NULL) == ARC_TOKEN_STATUS_OK);
    CHECK(arc_token_request_start(request, NULL) == ARC_TOKEN_STATUS_OK);
    CHECK(arc_token_request_wait(request, 50000, &result, &error) == ARC_TOKEN_STATUS_TIMEOUT);
    size_t length = 0;
    const char *log = arc_token_error_text(error, ARC_TOKEN_FIELD_LOG, &length);
    CHECK(holds(log, length, " ms: "));
    check_error(error, ARC_TOKEN_STATUS_TIMEOUT);
    arc_token_request_free(request);
    close(listener);
    check_done("a call ends at its own time-out, and its error has the log");
}

static void abandoned(void) {
    char endpoint[128];
    int listener = silent_port(endpoint, sizeof endpoint);
    arc_token_request *request = request_to(endpoint, NULL);
    CHECK(arc_token_request_start(request, NULL) == ARC_TOKEN_STATUS_OK);
    arc_token_request_free(request);
    close(listener);
    check_done("a request may be freed while it is under way");
}

static void left_over(void) {
    check_threads_end();
    /* Only pointers into the middle of a block lead to the cache, and for valgrind these do not count. */
    arc_token_cache_clear();
    check_done("abandoned exchanges end and leave no thread");
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: exchange_test LABEL ENDPOINT KEY_DIRECTORY\n");
        return 2;
    }
    check_label = argv[1];
    token(argv[2], argv[3]);
    simple();
    cancel();
    time_out();
    abandoned();
    left_over();
    return check_failures == 0 ? 0 : 1;
}
