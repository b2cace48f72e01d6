/* Says why there is no token to be had on this machine, or that there is:  check_agent [ENDPOINT KEY_DIRECTORY] */
#include <arc_token.h>
#include <stdio.h>
#include <string.h>

static void print(const arc_token_table *table, size_t row, arc_token_column column, const char *end) {
    size_t length;
    const char *text = arc_token_table_text(table, row, column, &length);
    if (text != NULL) printf("%.*s%s", (int)length, text, end);
}

int main(int argc, char **argv) {
    arc_token_request *request = NULL;
    arc_token_table *table = NULL;
    if (arc_token_request_new(NULL, 0, &request, NULL) != ARC_TOKEN_STATUS_OK) return 1;
    arc_token_status status = ARC_TOKEN_STATUS_OK;
    if (argc > 1) status = arc_token_request_set_text(request, ARC_TOKEN_OPTION_ENDPOINT, argv[1], strlen(argv[1]), NULL);
    if (argc > 2) status |= arc_token_request_set_text(request, ARC_TOKEN_OPTION_KEY_DIRECTORY, argv[2], strlen(argv[2]), NULL);
    if (status == ARC_TOKEN_STATUS_OK) status = arc_token_request_start_check(request, NULL);
    if (status == ARC_TOKEN_STATUS_OK) status = arc_token_request_wait_table(request, UINT32_MAX, &table, NULL);
    for (size_t row = 0; row < arc_token_table_rows(table); row++) {
        print(table, row, ARC_TOKEN_COLUMN_STATUS, "\t");
        print(table, row, ARC_TOKEN_COLUMN_NAME, "\t");
        print(table, row, ARC_TOKEN_COLUMN_DETAIL, "\n");
        print(table, row, ARC_TOKEN_COLUMN_ADVICE, "\n");
    }
    arc_token_table_free(table);
    arc_token_request_free(request);
    return status == ARC_TOKEN_STATUS_OK ? 0 : 1;
}
