/* Tests without an agent: versions, NULL, wrong arguments, the order of calls. Valid C11 and C++17. */
#include "arc_token.h"
#include "check.h"

static void versions(void) {
    char parts[64];
    snprintf(parts, sizeof parts, "%d.%d.%d", ARC_TOKEN_VERSION_MAJOR, ARC_TOKEN_VERSION_MINOR, ARC_TOKEN_VERSION_PATCH);
    CHECK(arc_token_abi_version() == ARC_TOKEN_ABI_VERSION);
    CHECK(strcmp(arc_token_version(), ARC_TOKEN_VERSION) == 0);
    CHECK(strncmp(arc_token_version(), parts, strlen(parts)) == 0);
    check_done("library and header are of one version");
}

static void statuses(void) {
    CHECK(sizeof(arc_token_status) == 4 && sizeof(arc_token_option) == 4 && sizeof(arc_token_field) == 4);
    CHECK(strcmp(arc_token_status_name(ARC_TOKEN_STATUS_OK), "Ok") == 0);
    CHECK(strcmp(arc_token_status_name(ARC_TOKEN_STATUS_AGENT_NOT_RUNNING), "AgentNotRunning") == 0);
    CHECK(strcmp(arc_token_status_name(ARC_TOKEN_STATUS_INTERNAL), "Internal") == 0);
    CHECK(strcmp(arc_token_status_name((arc_token_status)-5), "Unknown") == 0);
    check_done("statuses have names");
}

static void nulls(void) {
    size_t length = 7;
    CHECK(arc_token_get(NULL, 0, NULL, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_new(NULL, 0, NULL, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_set_text(NULL, ARC_TOKEN_OPTION_ENDPOINT, NULL, 0, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_set_number(NULL, ARC_TOKEN_OPTION_TIMEOUT_MS, 1, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_start(NULL, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_wait(NULL, 0, NULL, NULL) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_result_token(NULL, &length) == NULL && length == 0);
    CHECK(arc_token_result_expires_on(NULL) == 0);
    CHECK(arc_token_result_text(NULL, ARC_TOKEN_FIELD_LOG, NULL) == NULL);
    CHECK(arc_token_error_status(NULL) == ARC_TOKEN_STATUS_INTERNAL);
    CHECK(arc_token_error_http_status(NULL) == 0);
    CHECK(arc_token_error_text(NULL, ARC_TOKEN_FIELD_MESSAGE, NULL) == NULL);
    arc_token_request_cancel(NULL);
    arc_token_request_free(NULL);
    arc_token_result_free(NULL);
    arc_token_error_free(NULL);
    arc_token_string_free(NULL);
    check_done("NULL is refused or fine");
}

static void texts(void) {
    arc_token_request *request = NULL;
    arc_token_error *error = NULL;
    CHECK(arc_token_request_new("\xff", 1, &request, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(request == NULL);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_new("x", SIZE_MAX, &request, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_new(NULL, 1, &request, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_new("a\0b", 3, &request, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(request == NULL);
    check_done("texts that are none are refused");
}

static void order(void) {
    arc_token_request *request = NULL;
    arc_token_result *result = NULL;
    arc_token_error *error = NULL;
    CHECK(arc_token_request_new("https://vault.azure.net", 23, &request, &error) == ARC_TOKEN_STATUS_OK);
    CHECK(request != NULL && error == NULL && arc_token_live_objects() == 1);
    CHECK(arc_token_request_wait(request, 0, &result, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_set_text(request, (arc_token_option)99, "x", 1, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    CHECK(arc_token_request_set_number(request, ARC_TOKEN_OPTION_ENDPOINT, 1, &error) == ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    check_error(error, ARC_TOKEN_STATUS_INVALID_ARGUMENT);
    arc_token_request_cancel(request);
    CHECK(arc_token_request_start(request, &error) == ARC_TOKEN_STATUS_CANCELLED);
    check_error(error, ARC_TOKEN_STATUS_CANCELLED);
    CHECK(arc_token_request_wait(request, 0, &result, NULL) == ARC_TOKEN_STATUS_CANCELLED);
    CHECK(result == NULL);
    arc_token_request_free(request);
    check_done("calls out of order are refused");
}

int main(int argc, char **argv) {
    check_label = argc > 1 ? argv[1] : "";
    versions();
    statuses();
    nulls();
    texts();
    order();
    return check_failures == 0 ? 0 : 1;
}
