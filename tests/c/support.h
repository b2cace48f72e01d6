/* Helpers for the test programs. Valid C11 and C++17. Define _POSIX_C_SOURCE before including it. */
#ifndef ARC_TOKEN_TESTS_SUPPORT_H
#define ARC_TOKEN_TESTS_SUPPORT_H

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "arc_token.h"
#include "check.h"

static const char *const resource = "https://vault.azure.net";

static inline void set_text(arc_token_request *request, arc_token_option option, const char *value) {
    CHECK(arc_token_request_set_text(request, option, value, strlen(value), NULL) == ARC_TOKEN_STATUS_OK);
}

static inline arc_token_request *request_to(const char *endpoint, const char *key_directory) {
    arc_token_request *request = NULL;
    CHECK(arc_token_request_new(resource, strlen(resource), &request, NULL) == ARC_TOKEN_STATUS_OK);
    set_text(request, ARC_TOKEN_OPTION_ENDPOINT, endpoint);
    if (key_directory != NULL)
        set_text(request, ARC_TOKEN_OPTION_KEY_DIRECTORY, key_directory);
    return request;
}

/* Opens a port that never answers. The system accepts its connections. */
static inline int silent_port(char *endpoint, size_t size) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listener, 16) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    snprintf(endpoint, size, "http://127.0.0.1:%u/metadata/identity/oauth2/token", (unsigned)ntohs(address.sin_port));
    return listener;
}

/* The time in seconds since a fixed moment. */
static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline void pause_ms(long ms) {
    struct timespec moment = {ms / 1000, ms % 1000 * 1000 * 1000};
    nanosleep(&moment, NULL);
}

/* The number of entries in a folder of /proc. 0 if the system has no such folder. */
static inline int entries(const char *path) {
    int count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Without those of a program that runs this one for another platform: qemu has one of its own. */
static inline int threads(void) {
    const char *runners = getenv("ARCTOKEN_RUNNER_THREADS");
    return entries("/proc/self/task") - (runners != NULL ? atoi(runners) : 0);
}

/* Minus the one that reading the folder opens. */
static inline int open_files(void) { return entries("/proc/self/fd") - 1; }

/* Waits until this is the only thread, and fails if others stay. */
static inline void check_threads_end(void) {
    double start = now();
    while (threads() > 1 && now() - start < 20)
        pause_ms(20);
    CHECK(threads() <= 1);
}

#endif
