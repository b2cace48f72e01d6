/*
 * Measures the library through its C ABI, loaded like in a program of any language.
 *
 *   abi LIBRARY exchange ENDPOINT KEY_DIRECTORY RUNS [CALLERS]     past all caches, with CALLERS at the same time
 *   abi LIBRARY cached ENDPOINT KEY_DIRECTORY RUNS [RESOURCES]     from a cache that holds RESOURCES tokens
 *
 * An empty KEY_DIRECTORY stands for the agent's own. Prints the nanoseconds of each run, one per line. For `exchange` the last
 * line is the number of threads in the process afterwards.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "../../include/arc_token.h"
#include "samples.h"

static __typeof__(arc_token_request_new) *request_new;
static __typeof__(arc_token_request_set_text) *set_text;
static __typeof__(arc_token_request_set_number) *set_number;
static __typeof__(arc_token_request_start) *start_request;
static __typeof__(arc_token_request_wait) *wait_request;
static __typeof__(arc_token_request_free) *request_free;
static __typeof__(arc_token_result_token) *result_token;
static __typeof__(arc_token_result_free) *result_free;
static __typeof__(arc_token_error_text) *error_text;

static const char *endpoint, *key_directory;

static void *function(void *library, const char *name) {
    void *address = dlsym(library, name);
    if (!address) DIE("%s", dlerror());
    return address;
}

static void load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) DIE("%s", dlerror());
    request_new = function(library, "arc_token_request_new");
    set_text = function(library, "arc_token_request_set_text");
    set_number = function(library, "arc_token_request_set_number");
    start_request = function(library, "arc_token_request_start");
    wait_request = function(library, "arc_token_request_wait");
    request_free = function(library, "arc_token_request_free");
    result_token = function(library, "arc_token_result_token");
    result_free = function(library, "arc_token_result_free");
    error_text = function(library, "arc_token_error_text");
}

static void check(arc_token_status status, arc_token_error *error) {
    if (status == ARC_TOKEN_STATUS_OK) return;
    size_t length;
    const char *text = error_text(error, ARC_TOKEN_FIELD_MESSAGE, &length);
    DIE("%.*s", (int)length, text);
}

static void get_token(const char *resource, int fresh) {
    arc_token_request *request;
    arc_token_result *result;
    arc_token_error *error;
    check(request_new(resource, strlen(resource), &request, &error), error);
    check(set_text(request, ARC_TOKEN_OPTION_ENDPOINT, endpoint, strlen(endpoint), &error), error);
    if (*key_directory) check(set_text(request, ARC_TOKEN_OPTION_KEY_DIRECTORY, key_directory, strlen(key_directory), &error), error);
    if (fresh) check(set_number(request, ARC_TOKEN_OPTION_FORCE_REFRESH, 1, &error), error);
    check(start_request(request, &error), error);
    check(wait_request(request, UINT32_MAX, &result, &error), error);
    size_t length;
    if (!result_token(result, &length) || length < 100) DIE("no token");
    result_free(result);
    request_free(request);
}

static void *caller(void *unused) {
    get_token("https://management.azure.com/", 1);
    return unused;
}

static void exchanges(int runs, int callers) {
    for (; runs > 0; runs--) {
        int64_t start = now();
        if (callers) {
            pthread_t threads[callers];
            for (int i = 0; i < callers; i++)
                if (pthread_create(&threads[i], NULL, caller, NULL)) DIE("no thread");
            for (int i = 0; i < callers; i++) pthread_join(threads[i], NULL);
        } else {
            caller(NULL);
        }
        sample(now() - start);
    }
    int threads = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *entry; tasks && (entry = readdir(tasks));) threads += entry->d_name[0] != '.';
    printf("threads %d\n", threads);
}

static void cached(int runs, int resources) {
    char resource[64];
    for (int i = 0; i < resources; i++) {
        snprintf(resource, sizeof resource, "https://%d.example/", i);
        get_token(resource, 0);
    }
    for (int run = 0; run < runs; run++) {
        snprintf(resource, sizeof resource, "https://%d.example/", run * 7 % resources);
        int64_t start = now();
        get_token(resource, 0);
        sample(now() - start);
    }
}

int main(int count, char **words) {
    if (count < 6) DIE("usage: abi LIBRARY exchange|cached ENDPOINT KEY_DIRECTORY RUNS [NUMBER]");
    endpoint = words[3];
    key_directory = words[4];
    int number = count > 6 ? atoi(words[6]) : 0;
    load(words[1]);
    if (!strcmp(words[2], "exchange")) exchanges(atoi(words[5]), number);
    else cached(atoi(words[5]), number ? number : 1);
    return 0;
}
