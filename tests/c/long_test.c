/* Makes very many calls, most of them real exchanges, and many of them fail. They leave no object, memory, thread, file or socket.
 * Valid C11 and C++17.
 *
 *     long_test LABEL CALLS ENDPOINT KEY_DIRECTORY FAULTY_ENDPOINT FAULTY_KEY_DIRECTORY ERROR_ENDPOINT ERROR_KEY_DIRECTORY
 *
 * The second agent names key files that must be refused. The third one answers with an error.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdlib.h>

#include "support.h"

enum { THREADS = 4 };

static struct {
    const char *endpoint, *keys, *faulty, *faulty_keys, *error, *error_keys;
    char silent[128], refused[128];
    unsigned long calls;
} all;

/* Makes the call, and frees its outcome. */
static arc_token_status outcome(arc_token_request *request) {
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    size_t length = 0;
    arc_token_status status = arc_token_request_start(request, &error);
    if (status == ARC_TOKEN_STATUS_OK)
        status = arc_token_request_wait(request, 60000, &result, &error);
    if (status == ARC_TOKEN_STATUS_OK) {
        CHECK(arc_token_result_token(result, &length) != NULL && length > 100);
        CHECK(arc_token_result_text(result, ARC_TOKEN_FIELD_LOG, &length) != NULL);
    } else {
        CHECK(arc_token_error_text(error, ARC_TOKEN_FIELD_MESSAGE, &length) != NULL && length > 0);
    }
    arc_token_result_free(result);
    arc_token_error_free(error);
    arc_token_request_free(request);
    return status;
}

static void finish(arc_token_request *request, arc_token_status expected) {
    arc_token_status status = outcome(request);
    CHECK(status == expected);
    if (status != expected)
        printf("     %s instead of %s\n", arc_token_status_name(status), arc_token_status_name(expected));
}

static void set_number(arc_token_request *request, arc_token_option option, uint64_t value) {
    CHECK(arc_token_request_set_number(request, option, value, NULL) == ARC_TOKEN_STATUS_OK);
}

static void a_new_token(void) {
    arc_token_request *request = request_to(all.endpoint, all.keys);
    set_number(request, ARC_TOKEN_OPTION_FORCE_REFRESH, 1);
    finish(request, ARC_TOKEN_STATUS_OK);
}

static void abandoned(void) {
    arc_token_request *request = request_to(all.silent, NULL);
    arc_token_result *result = NULL;
    set_number(request, ARC_TOKEN_OPTION_TIMEOUT_MS, 20);
    CHECK(arc_token_request_start(request, NULL) == ARC_TOKEN_STATUS_OK);
    arc_token_request_cancel(request);
    CHECK(arc_token_request_wait(request, 1000, &result, NULL) == ARC_TOKEN_STATUS_CANCELLED && result == NULL);
    arc_token_request_free(request);
}

static void nobody_there(void) {
    arc_token_request *request = request_to(all.refused, NULL);
    set_number(request, ARC_TOKEN_OPTION_TIMEOUT_MS, 100);
    arc_token_status status = outcome(request);
    /* On a busy machine, the time limit may be over before the connection is refused. */
    CHECK(status == ARC_TOKEN_STATUS_AGENT_NOT_RUNNING || status == ARC_TOKEN_STATUS_TIMEOUT);
}

static void wrong_argument(void) {
    char *token = NULL;
    arc_token_error *error = NULL;
    CHECK(arc_token_get("/subscriptions/x", 16, &token, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT && token == NULL);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
}

static void one_call(unsigned long n) {
    switch (n % 20) {
    case 0: abandoned(); break;
    case 1: nobody_there(); break;
    case 2: finish(request_to("http://192.0.2.1/", NULL), ARC_TOKEN_STATUS_ENDPOINT_REFUSED); break;
    case 3:
    case 4: wrong_argument(); break;
    case 5:
    case 6: finish(request_to(all.faulty, all.faulty_keys), ARC_TOKEN_STATUS_KEY_FILE_REFUSED); break;
    case 7:
    case 8: finish(request_to(all.error, all.error_keys), ARC_TOKEN_STATUS_AGENT_ERROR); break;
    case 9:
    case 10:
    case 11:
    case 12: finish(request_to(all.endpoint, all.keys), ARC_TOKEN_STATUS_OK); break; /* This token is mostly from the cache. */
    case 13: arc_token_cache_clear(); /* fall through */
    default: a_new_token(); break;
    }
}

static void *some_calls(void *first) {
    for (unsigned long n = *(unsigned long *)first; n < all.calls && check_failures < 20; n += THREADS)
        one_call(n);
    return NULL;
}

static void calls(unsigned long count) {
    pthread_t ids[THREADS];
    unsigned long first[THREADS];
    all.calls = count;
    for (unsigned long n = 0; n < THREADS; n++) {
        first[n] = n;
        CHECK(pthread_create(&ids[n], NULL, some_calls, &first[n]) == 0);
    }
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(ids[n], NULL) == 0);
    check_threads_end();
}

static long resident_kib(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        CHECK(fscanf(file, "%*s %ld", &pages) == 1);
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv) {
    if (argc != 9) {
        fprintf(stderr, "usage: long_test LABEL CALLS ENDPOINT KEYS FAULTY_ENDPOINT FAULTY_KEYS ERROR_ENDPOINT ERROR_KEYS\n");
        return 2;
    }
    check_label = argv[1];
    unsigned long count = strtoul(argv[2], NULL, 10);
    all.endpoint = argv[3], all.keys = argv[4];
    all.faulty = argv[5], all.faulty_keys = argv[6];
    all.error = argv[7], all.error_keys = argv[8];
    int listener = silent_port(all.silent, sizeof all.silent);
    close(silent_port(all.refused, sizeof all.refused));

    /* The first tenth fills everything that the process keeps: the cache, the allocator's pools. */
    calls(count / 10);
    long kib_before = resident_kib();
    int files_before = open_files(), threads_before = threads();
    double start = now();
    calls(count);
    double took = now() - start;
    long kib_after = resident_kib();
    printf("     %lu calls in %.0f s; resident KiB %ld, then %ld; files %d, then %d; threads %d, then %d\n", count, took,
           kib_before, kib_after, files_before, open_files(), threads_before, threads());
    CHECK(count >= 1000);
    /* A leak of 20 bytes in each call exceeds this limit. */
    CHECK(kib_after - kib_before < 2048);
    CHECK(open_files() <= files_before);
    CHECK(threads() <= threads_before);
    close(listener);
    check_done("many calls leave no object, memory, thread, file or socket");
    return check_failures == 0 ? 0 : 1;
}
