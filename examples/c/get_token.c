/* Prints a token, for a program that reads it:  get_token [RESOURCE [ENDPOINT KEY_DIRECTORY]] | ...
 * Build:  cc -I include examples/c/get_token.c -L FOLDER_OF_THE_LIBRARY -larc_token -o get_token */
#include <arc_token.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    const char *resource = argc > 1 ? argv[1] : "https://management.azure.com/";
    arc_token_request *request = NULL;
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    size_t length = 0;

    arc_token_status status = arc_token_request_new(resource, strlen(resource), &request, &error);
    if (status == ARC_TOKEN_STATUS_OK && argc > 2) /* Not the installed agent, but an emulator. */
        status = arc_token_request_set_text(request, ARC_TOKEN_OPTION_ENDPOINT, argv[2], strlen(argv[2]), &error);
    if (status == ARC_TOKEN_STATUS_OK && argc > 3)
        status = arc_token_request_set_text(request, ARC_TOKEN_OPTION_KEY_DIRECTORY, argv[3], strlen(argv[3]), &error);
    if (status == ARC_TOKEN_STATUS_OK) status = arc_token_request_start(request, &error);
    if (status == ARC_TOKEN_STATUS_OK) status = arc_token_request_wait(request, UINT32_MAX, &result, &error);
    if (status == ARC_TOKEN_STATUS_OK) {
        const uint8_t *token = arc_token_result_token(result, &length);
        fwrite(token, 1, length, stdout);
    } else {
        const char *text = arc_token_error_text(error, ARC_TOKEN_FIELD_MESSAGE, &length);
        fprintf(stderr, "%s: %.*s\n", arc_token_status_name(status), (int)length, text);
    }
    arc_token_result_free(result); /* wipes the token */
    arc_token_error_free(error);
    arc_token_request_free(request);
    return status == ARC_TOKEN_STATUS_OK ? 0 : 1;
}
