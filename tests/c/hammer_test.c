/* Calls every exported function from many threads at once, while the request that they share is started, waited for and
 * cancelled. The outcomes vary, but there must be no crash, no unexpected status and no object left. Valid C11 and C++17.
 *
 *     hammer_test LABEL ENDPOINT KEY_DIRECTORY ROUNDS
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdlib.h>

#include "support.h"

enum { THREADS = 6, STEPS = 60, KEPT = 16 };

/* One round: a request that all threads use, and its outcomes, which they read at the same time. */
struct round {
    arc_token_request *request;
    pthread_mutex_t lock;
    arc_token_result *results[KEPT];
    arc_token_table *tables[KEPT];
    arc_token_error *errors[KEPT];
    int result_count, table_count, error_count;
};

struct hammer {
    struct round *round;
    uint32_t state;
};

/* Random numbers (xorshift). The seed makes them repeatable, unlike the order of threads. */
static uint32_t next(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Accepts every status that these calls can have. An internal fault of the library is not one of them. */
static void expect(arc_token_status status) {
    CHECK(status != ARC_TOKEN_STATUS_INTERNAL);
    CHECK(strcmp(arc_token_status_name(status), "Unknown") != 0);
}

static void check_text(const char *text, size_t length) {
    CHECK((text == NULL) == (length == 0) || length == 0);
    for (size_t at = 0; at < length; at++)
        CHECK(text[at] != 0);
}

static void read_error(const arc_token_error *error, uint32_t number) {
    size_t length = 0;
    expect(arc_token_error_status(error));
    CHECK(arc_token_error_http_status(error) >= 0);
    const char *text = arc_token_error_text(error, (arc_token_field)(number % 40), &length);
    check_text(text, length);
}

static void read_result(const arc_token_result *result, uint32_t number) {
    size_t length = 0;
    CHECK(arc_token_result_token(result, &length) != NULL && length > 0);
    CHECK(arc_token_result_expires_on(result) > 0);
    const char *text = arc_token_result_text(result, (arc_token_field)(number % 40), &length);
    check_text(text, length);
}

static void read_table(const arc_token_table *table, uint32_t number) {
    size_t length = 0;
    size_t rows = arc_token_table_rows(table);
    const char *text = arc_token_table_text(table, number % (rows + 1), (arc_token_column)(number % 45), &length);
    check_text(text, length);
}

/* Keeps an outcome, so that all threads can read it. Frees it if there is no room. */
static void keep(struct round *round, arc_token_result *result, arc_token_table *table, arc_token_error *error) {
    pthread_mutex_lock(&round->lock);
    if (result != NULL && round->result_count < KEPT) {
        round->results[round->result_count++] = result;
        result = NULL;
    }
    if (table != NULL && round->table_count < KEPT) {
        round->tables[round->table_count++] = table;
        table = NULL;
    }
    if (error != NULL && round->error_count < KEPT) {
        round->errors[round->error_count++] = error;
        error = NULL;
    }
    pthread_mutex_unlock(&round->lock);
    arc_token_result_free(result);
    arc_token_table_free(table);
    arc_token_error_free(error);
}

static void read_kept(struct round *round, uint32_t number) {
    pthread_mutex_lock(&round->lock);
    const arc_token_result *result = round->result_count > 0 ? round->results[number % (uint32_t)round->result_count] : NULL;
    const arc_token_table *table = round->table_count > 0 ? round->tables[number % (uint32_t)round->table_count] : NULL;
    const arc_token_error *error = round->error_count > 0 ? round->errors[number % (uint32_t)round->error_count] : NULL;
    pthread_mutex_unlock(&round->lock);
    if (result != NULL)
        read_result(result, number);
    if (table != NULL)
        read_table(table, number);
    if (error != NULL)
        read_error(error, number);
}

static void step(struct round *round, uint32_t number) {
    arc_token_request *request = round->request;
    arc_token_request *other = NULL;
    arc_token_result *result = NULL;
    arc_token_table *table = NULL;
    arc_token_error *error = NULL;
    char *string = NULL;
    uint32_t more = number >> 8;
    switch (number % 16) {
    case 0: expect(arc_token_request_start(request, &error)); break;
    case 1: expect(arc_token_request_start_check(request, &error)); break;
    case 2: expect(arc_token_request_start_machine(request, &error)); break;
    case 3:
    case 4: expect(arc_token_request_wait(request, more % 4, &result, &error)); break;
    case 5: expect(arc_token_request_wait_table(request, more % 4, &table, &error)); break;
    case 6: expect(arc_token_request_set_text(request, (arc_token_option)(more % 24), "x", more % 2, &error)); break;
    case 7: expect(arc_token_request_set_number(request, (arc_token_option)(more % 24), more % 3, &error)); break;
    case 8:
        if (more % 8 == 0)
            arc_token_request_cancel(request);
        break;
    case 9:
        expect(arc_token_request_new("https://x", more % 10, &other, &error));
        arc_token_request_free(other);
        break;
    case 10:
        expect(arc_token_get(resource, more % 2 ? strlen(resource) : 0, more % 8 ? &string : NULL, &error));
        arc_token_string_free(string);
        break;
    case 11:
        if (more % 4 == 0) {
            expect(arc_token_find_agent(&table, &error));
        } else if (more % 4 == 1) {
            expect(arc_token_audiences(&table, &error));
        } else if (more % 4 == 2) {
            expect(arc_token_request_find_agent(request, &table, &error));
        } else {
            expect(arc_token_request_check_endpoint(request, "http://localhost:1", 18, &table, &error));
        }
        break;
    case 12: arc_token_cache_clear(); break;
    case 13:
        CHECK(arc_token_live_objects() > 0);
        CHECK(arc_token_abi_version() == ARC_TOKEN_ABI_VERSION);
        CHECK(strcmp(arc_token_version(), ARC_TOKEN_VERSION) == 0);
        break;
    default: read_kept(round, more); break;
    }
    keep(round, result, table, error);
}

static void *hammer(void *argument) {
    struct hammer *own = (struct hammer *)argument;
    for (int n = 0; n < STEPS; n++)
        step(own->round, next(&own->state));
    return NULL;
}

static void one_round(uint32_t seed, const char *endpoint, const char *key_directory, int started) {
    struct round round;
    struct hammer hammers[THREADS];
    pthread_t ids[THREADS];
    memset(&round, 0, sizeof round);
    CHECK(pthread_mutex_init(&round.lock, NULL) == 0);
    round.request = request_to(endpoint, key_directory);
    CHECK(arc_token_request_set_number(round.request, ARC_TOKEN_OPTION_TIMEOUT_MS, 2000, NULL) == ARC_TOKEN_STATUS_OK);
    if (started)
        CHECK(arc_token_request_start(round.request, NULL) == ARC_TOKEN_STATUS_OK);
    for (uint32_t n = 0; n < THREADS; n++) {
        hammers[n].round = &round;
        hammers[n].state = seed * THREADS + n + 1;
        CHECK(pthread_create(&ids[n], NULL, hammer, &hammers[n]) == 0);
    }
    pause_ms((long)(seed % 8));
    arc_token_request_cancel(round.request);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(ids[n], NULL) == 0);
    arc_token_request_free(round.request);
    for (int n = 0; n < round.result_count; n++)
        arc_token_result_free(round.results[n]);
    for (int n = 0; n < round.table_count; n++)
        arc_token_table_free(round.tables[n]);
    for (int n = 0; n < round.error_count; n++)
        arc_token_error_free(round.errors[n]);
    CHECK(pthread_mutex_destroy(&round.lock) == 0);
    CHECK(arc_token_live_objects() == 0);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: hammer_test LABEL ENDPOINT KEY_DIRECTORY ROUNDS\n");
        return 2;
    }
    check_label = argv[1];
    /* With this, the calls that take no endpoint find the emulator and not a real agent. */
    setenv("IDENTITY_ENDPOINT", argv[2], 1);
    setenv("IMDS_ENDPOINT", argv[2], 1);
    char silent[128];
    int listener = silent_port(silent, sizeof silent);
    uint32_t rounds = (uint32_t)strtoul(argv[4], NULL, 10);
    for (uint32_t n = 0; n < rounds && check_failures == 0; n++)
        one_round(n, n % 4 == 3 ? silent : argv[2], argv[3], n % 2 == 0);
    close(listener);
    check_threads_end();
    CHECK(rounds > 0);
    check_done("every function from many threads during cancel");
    return check_failures == 0 ? 0 : 1;
}
