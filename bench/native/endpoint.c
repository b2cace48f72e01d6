/* How long `arc-token exec` takes for a token from its cache, beside a constant answer of the same server: both over one kept connection.
 * Run below it: arc-token exec -- endpoint. Prints the two in nanoseconds, lower quartiles
 * since whatever else runs only adds, and their ratio. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 201, REQUESTS = 50 };

static void fail(const char *why)
{
    fprintf(stderr, "endpoint: %s\n", why);
    exit(1);
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

/* Sends a request and reads its answer. */
static void ask(int stream, const char *request, const char *status)
{
    char answer[65536];
    size_t length = strlen(request), have = 0;
    if (write(stream, request, length) != (ssize_t)length)
        fail("the request was not sent");
    for (;;) {
        ssize_t count = read(stream, answer + have, sizeof answer - 1 - have);
        if (count <= 0)
            fail("the answer ended early");
        have += (size_t)count;
        answer[have] = '\0';
        char *body = strstr(answer, "\r\n\r\n"), *size = strstr(answer, "content-length: ");
        if (body && size && have >= (size_t)(body + 4 - answer) + strtoul(size + 16, NULL, 10))
            break;
    }
    if (strncmp(answer + 9, status, 3) != 0)
        fail(answer);
}

static double nanoseconds(int stream, const char *request, const char *status)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < REQUESTS; i++)
        ask(stream, request, status);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / REQUESTS;
}

int main(void)
{
    const char *address = getenv("IDENTITY_ENDPOINT"), *secret = getenv("IDENTITY_HEADER");
    int port;
    if (!address || !secret || sscanf(address, "http://127.0.0.1:%d/", &port) != 1)
        fail("run it below arc-token exec");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int stream = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(stream, (struct sockaddr *)&server, sizeof server))
        fail("no connection");
    char token[1024], constant[1024];
    const char *form = "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-IDENTITY-HEADER: %s\r\n\r\n";
    snprintf(token, sizeof token, form, "/msi/token?api-version=2019-08-01&resource=https://vault.azure.net", port, secret);
    snprintf(constant, sizeof constant, form, "/", port, secret); /* the first refusal, whose text is always the same */
    double tokens[ROUNDS], constants[ROUNDS];
    nanoseconds(stream, token, "200");
    for (int i = 0; i < ROUNDS; i++) {
        tokens[i] = nanoseconds(stream, token, "200");
        constants[i] = nanoseconds(stream, constant, "401");
    }
    qsort(tokens, ROUNDS, sizeof *tokens, compare);
    qsort(constants, ROUNDS, sizeof *constants, compare);
    double one = constants[ROUNDS / 4], other = tokens[ROUNDS / 4];
    printf("%.0f %.0f %.3f\n", one, other, other / one);
    return 0;
}
