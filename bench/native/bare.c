/*
 * Measures the lower limit: an exchange with the agent over a bare socket, without any check, time limit or wiping. It connects
 * once, sends a request, reads the key file that the challenge names, sends the request again, and closes.
 *
 *   bare PORT RESOURCE RUNS [CALLERS]
 *
 * Prints the nanoseconds of each run, one per line. With CALLERS, a run is that many exchanges at the same time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "samples.h"

enum { ROOM = 1 << 17 };

static int port;
static const char *resource;

/* Reads a whole answer, head and body. Returns its length. */
static size_t receive(int connection, char *answer) {
    size_t length = 0, wanted = 0;
    while (!wanted || length < wanted) {
        ssize_t got = recv(connection, answer + length, ROOM - 1 - length, 0);
        if (got <= 0) DIE("the answer broke off");
        length += (size_t)got;
        answer[length] = 0;
        char *end = wanted ? NULL : strstr(answer, "\r\n\r\n");
        if (end) {
            char *field = strcasestr(answer, "\r\ncontent-length:");
            if (!field || field > end) DIE("the answer has no length");
            wanted = (size_t)(end + 4 - answer) + strtoul(field + 17, NULL, 10);
            if (wanted >= ROOM) DIE("the answer is too long");
        }
    }
    return length;
}

static void ask(int connection, const char *key) {
    char request[4096];
    int length = snprintf(request, sizeof request,
        "GET /metadata/identity/oauth2/token?api-version=2020-06-01&resource=%s&bypass_cache=true HTTP/1.1\r\n"
        "Host: 127.0.0.1:%d\r\nMetadata: true\r\n%s%s%s\r\n",
        resource, port, key ? "Authorization: Basic " : "", key ? key : "", key ? "\r\n" : "");
    if (send(connection, request, (size_t)length, 0) != length) DIE("the request was not taken");
}

static void exchange(char *answer) {
    struct sockaddr_in agent = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection, (struct sockaddr *)&agent, sizeof agent)) DIE("nobody listens at port %d", port);

    ask(connection, NULL);
    receive(connection, answer);
    char *path = strcasestr(answer, "Basic realm="), key[4097];
    if (!path) DIE("no challenge");
    path += strlen("Basic realm=");
    path[strcspn(path, "\r")] = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(file, key, sizeof key - 1);
    if (length <= 0) DIE("no key in %s", path);
    close(file);
    key[length] = 0;

    ask(connection, key);
    receive(connection, answer);
    if (!strstr(answer, "\"access_token\"")) DIE("no token");
    close(connection);
}

static void *caller(void *unused) {
    char *answer = malloc(ROOM);
    exchange(answer);
    free(answer);
    return unused;
}

int main(int count, char **words) {
    if (count < 4) DIE("usage: bare PORT RESOURCE RUNS [CALLERS]");
    port = atoi(words[1]);
    resource = words[2];
    int callers = count > 4 ? atoi(words[4]) : 0;
    char *answer = malloc(ROOM);
    for (int run = atoi(words[3]); run > 0; run--) {
        int64_t start = now();
        if (callers) {
            pthread_t threads[callers];
            for (int i = 0; i < callers; i++)
                if (pthread_create(&threads[i], NULL, caller, NULL)) DIE("no thread");
            for (int i = 0; i < callers; i++) pthread_join(threads[i], NULL);
        } else {
            exchange(answer);
        }
        sample(now() - start);
    }
    return 0;
}
