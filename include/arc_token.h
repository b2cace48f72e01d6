/*
 * ArcToken: tokens of an Azure Arc machine's managed identity, for C, C++ and everything that can call C.
 *
 * Generated from the Rust sources (src/ffi) by cbindgen: change them, then run ./build.sh header.
 *
 * The simplest use:
 *
 *     char *token = NULL;
 *     if (arc_token_get(NULL, 0, &token, NULL) == ARC_TOKEN_STATUS_OK) {
 *         ...
 *         arc_token_string_free(token);
 *     }
 *
 * CONVENTIONS
 *
 * Names. All functions and types begin with arc_token_, all constants with ARC_TOKEN_. A function that belongs to an object
 *     bears its type's name and takes it first; then come inputs, then outputs (names that end in _out), the error last.
 *
 * Versions. ARC_TOKEN_ABI_VERSION is raised by each change that breaks programs built against this header; additions
 *     (functions, statuses, options, fields) keep it. Who loads the library at run time compares it with
 *     arc_token_abi_version(). Expect numbers that you do not know yet. Numbers are never used again for another meaning.
 *
 * Statuses and errors. Every function that can fail returns an arc_token_status; ARC_TOKEN_STATUS_OK is 0. It writes its
 *     outputs on success only. Where it has an error_out, *error_out is set to NULL on success, and to an error object that
 *     the caller must free on failure. ARC_TOKEN_STATUS_PENDING is neither a success nor a failure: no output, no error
 *     object. Whoever does not want the error object passes NULL for error_out.
 *
 * Ownership. What comes out of an _out argument that is a pointer to an object or a string is the caller's, who frees it
 *     once, with the _free function of its type, from any thread, and never with free(). Pointers that accessors return
 *     belong to the object they were read from, are good until it is freed, and are not to be written through. Inputs are
 *     copied before a function returns.
 *
 * NULL. A NULL object is refused with ARC_TOKEN_STATUS_INVALID_ARGUMENT by functions that return a status, answered with
 *     NULL or 0 by accessors, and fine for every _free and for arc_token_request_cancel. A NULL output is refused, but for
 *     error_out and length_out, which may always be NULL.
 *
 * Texts in are UTF-8 with a length in bytes, without a terminating NUL and without a NUL inside. NULL is allowed only with
 *     length 0. More than 65536 bytes are refused before they are read.
 *
 * Texts out are UTF-8 with a length in bytes and are not NUL-terminated, but for those whose description says that they are.
 *
 * Threads. Every function may be called from any thread. Functions that take a pointer to a const object, and those of
 *     arc_token_request, may be called for the same object from several threads at the same time; a _free function only
 *     when no other thread uses the object any more. The library has threads of its own, and never calls back.
 *
 * Panics. A fault inside the library comes out as ARC_TOKEN_STATUS_INTERNAL, or as NULL or 0 from functions without a
 *     status; it neither unwinds into the caller nor ends the process, and prints nothing. Running out of memory ends it.
 *
 * fork. A child that does not call exec may use the library, also if other threads were inside it at the time of the fork:
 *     the child begins with an empty cache, and its first request for each token asks the agent. It must use no object of
 *     the parent's, not even to free it, because the parent's threads do not survive a fork. Do not fork during the first
 *     call of all. A child of vfork may only call exec. The library must not be unloaded, and is linked so that it stays.
 *
 * Users. A token is kept for the user that the calling thread acts as (not on Windows): after a change of the effective
 *     user, a request asks the agent with the rights of the new one.
 *
 * Secrets. Errors, texts and logs never hold a token or a key. Tokens are wiped when their result or string is freed, and
 *     the library wipes all memory that it frees. Copies that the caller makes are the caller's to wipe.
 */

#ifndef ARC_TOKEN_H
#define ARC_TOKEN_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of the library that this header belongs to.
 */
#define ARC_TOKEN_VERSION "0.1.0"
#define ARC_TOKEN_VERSION_MAJOR 0
#define ARC_TOKEN_VERSION_MINOR 1
#define ARC_TOKEN_VERSION_PATCH 0

/**
 * The number of this interface: one more with each change that breaks programs built against it. Additions keep it.
 */
#define ARC_TOKEN_ABI_VERSION 1

/**
 * The outcome of a call. Numbers are stable, come in families with gaps, and are never used again for another meaning.
 */
enum arc_token_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Success.
     */
    ARC_TOKEN_STATUS_OK = 0,
    /**
     * Not finished yet; not an error.
     */
    ARC_TOKEN_STATUS_PENDING = 1,
    /**
     * A value given by the caller cannot be right. The message says which and what is wanted.
     */
    ARC_TOKEN_STATUS_INVALID_ARGUMENT = 10,
    /**
     * The agent's address, whatever named it, is not plain HTTP on this machine's loopback interface.
     */
    ARC_TOKEN_STATUS_ENDPOINT_REFUSED = 20,
    /**
     * No Azure Arc agent is installed here.
     */
    ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED = 21,
    /**
     * No connection to the agent can be made, or it breaks off without an answer. The reason says which.
     */
    ARC_TOKEN_STATUS_AGENT_NOT_RUNNING = 22,
    /**
     * Something other than the agent holds its port or answered in its place.
     */
    ARC_TOKEN_STATUS_FOREIGN_ANSWER = 23,
    /**
     * The agent asked for proof in a way that is not the documented one.
     */
    ARC_TOKEN_STATUS_BAD_CHALLENGE = 30,
    /**
     * The key file the agent named is not one that may be read. The reason says why.
     */
    ARC_TOKEN_STATUS_KEY_FILE_REFUSED = 31,
    /**
     * This user may not read the key file.
     */
    ARC_TOKEN_STATUS_KEY_ACCESS_DENIED = 32,
    /**
     * The agent refused the key.
     */
    ARC_TOKEN_STATUS_KEY_REJECTED = 33,
    /**
     * The identity asked for is not assigned to this machine.
     */
    ARC_TOKEN_STATUS_IDENTITY_NOT_FOUND = 40,
    /**
     * The agent did not confirm that the token is of the identity asked for.
     */
    ARC_TOKEN_STATUS_SELECTOR_NOT_HONOURED = 41,
    /**
     * The agent answered with an error of its own.
     */
    ARC_TOKEN_STATUS_AGENT_ERROR = 50,
    /**
     * The agent's answer cannot be used.
     */
    ARC_TOKEN_STATUS_BAD_RESPONSE = 51,
    /**
     * The time for the call was used up.
     */
    ARC_TOKEN_STATUS_TIMEOUT = 60,
    /**
     * The call was cancelled.
     */
    ARC_TOKEN_STATUS_CANCELLED = 61,
    /**
     * A fault in this library, or this process has used up its file descriptors, threads, memory or ports.
     */
    ARC_TOKEN_STATUS_INTERNAL = 90,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum arc_token_status arc_token_status;
#else
typedef int32_t arc_token_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What can be set on a request before it is started. Those below 20 are texts (`arc_token_request_set_text`), the others
 * numbers (`arc_token_request_set_number`). An option that is not set has its default.
 */
enum arc_token_option
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Text: the address of the agent, http on the loopback interface. Default: found by itself.
     */
    ARC_TOKEN_OPTION_ENDPOINT = 1,
    /**
     * Text: the directory in which the agent leaves its key files. Only together with an endpoint. Default: the agent's own.
     */
    ARC_TOKEN_OPTION_KEY_DIRECTORY = 2,
    /**
     * Text: the version of the agent's interface to ask for. Default: 2020-06-01.
     */
    ARC_TOKEN_OPTION_API_VERSION = 3,
    /**
     * Text: the client id of a user-assigned identity. Default: the machine's own identity. At most one of the three ids.
     */
    ARC_TOKEN_OPTION_CLIENT_ID = 4,
    /**
     * Text: the object id of a user-assigned identity.
     */
    ARC_TOKEN_OPTION_OBJECT_ID = 5,
    /**
     * Text: the Azure resource id of a user-assigned identity.
     */
    ARC_TOKEN_OPTION_IDENTITY_RESOURCE_ID = 6,
    /**
     * Text: an environment variable, `NAME=VALUE`. May be set several times, each time another variable. After the first of them,
     * no variable of the process is used, but `ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT`, which counts in both places. For programs that
     * keep variables of their own, as .NET does. Default: the process's variables.
     */
    ARC_TOKEN_OPTION_VARIABLE = 7,
    /**
     * Text: the service the token is for, by the name that Azure PowerShell gives it, such as KeyVault, in place of a resource
     * (`arc_token_audiences` has all). Its audience is that of the public cloud; if Microsoft Entra does not know it, that of the
     * cloud that the machine is in, which is then remembered for the process.
     */
    ARC_TOKEN_OPTION_RESOURCE_TYPE_NAME = 8,
    /**
     * Text: the cloud in which the service is looked up, by any of its names, such as AzureUSGovernment: then it is that audience and
     * no other. Not together with a resource. Default: as above.
     */
    ARC_TOKEN_OPTION_ENVIRONMENT = 9,
    /**
     * Number: milliseconds for the whole call, tries and pauses included, 1 to 86400000 (a day). Default: 60000.
     */
    ARC_TOKEN_OPTION_TIMEOUT_MS = 20,
    /**
     * Number: 1 to have the agent make a new token, past its own cache (agent 1.66 and later), 0 (the default) not to.
     */
    ARC_TOKEN_OPTION_FORCE_REFRESH = 21,
    /**
     * Number: 1 to make it an error when the system does not say who answers (Linux: neither by netlink nor in /proc), 0 (the
     * default) for a warning (ARC_TOKEN_FIELD_WARNINGS).
     */
    ARC_TOKEN_OPTION_REQUIRE_IDENTIFIED_AGENT = 22,
    /**
     * Number: 1 to trust every user without a number of its own in a user namespace without one for the agent's user (a rootless
     * container). Any user of the machine can then take the agent's place; each call has a warning. Default: 0.
     */
    ARC_TOKEN_OPTION_ALLOW_UNIDENTIFIED_AGENT = 23,
    /**
     * Number: 1 to wait for an agent that is not there yet (at boot, while it is updated): to keep trying within the time-out. Each
     * try makes all checks anew, and an answer of anybody else ends the wait. For tokens and metadata; the checks do not wait.
     * Default: 0.
     */
    ARC_TOKEN_OPTION_WAIT_FOR_AGENT = 24,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum arc_token_option arc_token_option;
#else
typedef int32_t arc_token_option;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What text to read from a result (`arc_token_result_text`) or from an error (`arc_token_error_text`).
 *
 * None of them ever holds a token or a key.
 */
enum arc_token_field
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The resource (audience) the token is for, as it was sent. Results only.
     */
    ARC_TOKEN_FIELD_RESOURCE = 1,
    /**
     * The tenant of the identity, as the token itself says (unverified). Results only.
     */
    ARC_TOKEN_FIELD_TENANT_ID = 2,
    /**
     * The client (application) id of the identity, as the token itself says (unverified). Results only.
     */
    ARC_TOKEN_FIELD_CLIENT_ID = 3,
    /**
     * The object (principal) id of the identity, as the token itself says (unverified). Results only.
     */
    ARC_TOKEN_FIELD_OBJECT_ID = 4,
    /**
     * The Azure resource id of the machine or identity, as the token itself says (unverified). Results only.
     */
    ARC_TOKEN_FIELD_MACHINE_RESOURCE_ID = 5,
    /**
     * The Azure subscription, as the token itself says (unverified). Results only.
     */
    ARC_TOKEN_FIELD_SUBSCRIPTION_ID = 6,
    /**
     * The address of the agent. Absent from errors that came before one was known.
     */
    ARC_TOKEN_FIELD_ENDPOINT = 7,
    /**
     * What named that address.
     */
    ARC_TOKEN_FIELD_ENDPOINT_SOURCE = 8,
    /**
     * The steps taken, one a line, each with the milliseconds since the call began.
     */
    ARC_TOKEN_FIELD_LOG = 20,
    /**
     * The finer steps, in the same form.
     */
    ARC_TOKEN_FIELD_LOG_DETAIL = 21,
    /**
     * Warnings, one a line: the call went on, and somebody should know. Absent where there are none.
     */
    ARC_TOKEN_FIELD_WARNINGS = 22,
    /**
     * The full text: what is wrong, then what to do about it. Errors only.
     */
    ARC_TOKEN_FIELD_MESSAGE = 30,
    /**
     * What is wrong. Errors only.
     */
    ARC_TOKEN_FIELD_PROBLEM = 31,
    /**
     * What to do about it. Absent where there is nothing to do. Errors only.
     */
    ARC_TOKEN_FIELD_ADVICE = 32,
    /**
     * One lower-case word that tells apart the cases of one status. `ARC_TOKEN_STATUS_KEY_FILE_REFUSED` has
     * path, kind, owner, size, content, vanished, unreadable; `ARC_TOKEN_STATUS_AGENT_NOT_RUNNING` has refused, isolated, filtered,
     * denied, unreachable, dropped, failed, silent. Errors only.
     */
    ARC_TOKEN_FIELD_REASON = 33,
    /**
     * The agent's own `error`. Errors only.
     */
    ARC_TOKEN_FIELD_AGENT_CODE = 34,
    /**
     * The agent's own `error_description`. Errors only.
     */
    ARC_TOKEN_FIELD_AGENT_DESCRIPTION = 35,
    /**
     * Microsoft Entra's trace id in the agent's answer, which Microsoft's support asks for. Errors only.
     */
    ARC_TOKEN_FIELD_TRACE_ID = 36,
    /**
     * Microsoft Entra's correlation id in the agent's answer, which Microsoft's support asks for. Errors only.
     */
    ARC_TOKEN_FIELD_CORRELATION_ID = 37,
    /**
     * The time of Microsoft Entra's answer, as it wrote it. Errors only.
     */
    ARC_TOKEN_FIELD_TIMESTAMP = 38,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum arc_token_field arc_token_field;
#else
typedef int32_t arc_token_field;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a text of a row says. Each function that gives a table says which its rows have.
 */
enum arc_token_column
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The address of the agent's token endpoint.
     */
    ARC_TOKEN_COLUMN_ENDPOINT = 1,
    /**
     * What named that address.
     */
    ARC_TOKEN_COLUMN_ENDPOINT_SOURCE = 2,
    /**
     * The name of a check, of the machine, of one of its tags, or of a service.
     */
    ARC_TOKEN_COLUMN_NAME = 10,
    /**
     * What came of a check: "Pass", "Warning" (it works, but somebody should know), "Fail", or "Skip" (not checked; the detail
     * says why).
     */
    ARC_TOKEN_COLUMN_STATUS = 11,
    /**
     * What a check found.
     */
    ARC_TOKEN_COLUMN_DETAIL = 12,
    /**
     * What to do about what a check found. Absent where there is nothing to do.
     */
    ARC_TOKEN_COLUMN_ADVICE = 13,
    /**
     * The value of a tag.
     */
    ARC_TOKEN_COLUMN_VALUE = 14,
    /**
     * The audience of a service.
     */
    ARC_TOKEN_COLUMN_AUDIENCE = 15,
    /**
     * What else a cloud is called, separated by commas.
     */
    ARC_TOKEN_COLUMN_OTHER_NAMES = 16,
    /**
     * The machine's Azure resource id.
     */
    ARC_TOKEN_COLUMN_RESOURCE_ID = 20,
    /**
     * The subscription that the machine is in.
     */
    ARC_TOKEN_COLUMN_SUBSCRIPTION_ID = 21,
    /**
     * The resource group that the machine is in.
     */
    ARC_TOKEN_COLUMN_RESOURCE_GROUP = 22,
    /**
     * The Azure region of the machine.
     */
    ARC_TOKEN_COLUMN_LOCATION = 23,
    /**
     * The Azure cloud of the machine, like "AzurePublicCloud", or of an audience, like "AzureCloud".
     */
    ARC_TOKEN_COLUMN_ENVIRONMENT = 24,
    /**
     * The machine's system, "Linux" or "Windows".
     */
    ARC_TOKEN_COLUMN_OS_TYPE = 25,
    /**
     * The machine's own id.
     */
    ARC_TOKEN_COLUMN_VM_ID = 26,
    /**
     * "Connected", or what else the agent calls its state.
     */
    ARC_TOKEN_COLUMN_AGENT_STATUS = 27,
    /**
     * The version of the agent.
     */
    ARC_TOKEN_COLUMN_AGENT_VERSION = 28,
    /**
     * The steps taken, one a line, each with the milliseconds since the call began.
     */
    ARC_TOKEN_COLUMN_LOG = 40,
    /**
     * The finer steps, in the same form.
     */
    ARC_TOKEN_COLUMN_LOG_DETAIL = 41,
    /**
     * Warnings, one a line. Absent where there are none.
     */
    ARC_TOKEN_COLUMN_WARNINGS = 42,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum arc_token_column arc_token_column;
#else
typedef int32_t arc_token_column;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What went wrong in one call. Immutable: any number of threads may read it at the same time.
 *
 * Comes out of every function with an `error_out`; freed with `arc_token_error_free`.
 *
 * Methods:
 * - `arc_token_error_status`: the stable number
 * - `arc_token_error_http_status`: the HTTP status of the agent's answer
 * - `arc_token_error_text`: messages, the agent's words, the steps taken
 * - `arc_token_error_free`: the end
 */
typedef struct arc_token_error arc_token_error;

/**
 * One call: made, given options, started once, waited for as often as wanted. Mostly for a token; it can be started for the
 * checks of the agent or for the machine's metadata instead.
 *
 * All functions but `arc_token_request_free` may be called from several threads at the same time.
 * Made by `arc_token_request_new`; freed with `arc_token_request_free`.
 *
 * Methods:
 * - `arc_token_request_new`: the beginning
 * - `arc_token_request_set_text`, `arc_token_request_set_number`: options, before the start
 * - `arc_token_request_start`: begins the exchange with the agent, and returns at once
 * - `arc_token_request_wait`: the token, or the error, or "not yet"
 * - `arc_token_request_start_check`, `arc_token_request_start_machine`: begin something else with the agent
 * - `arc_token_request_wait_table`: what came of that, or the error, or "not yet"
 * - `arc_token_request_cancel`: gives up, from any thread
 * - `arc_token_request_free`: the end
 */
typedef struct arc_token_request arc_token_request;

/**
 * A token and what is known about it. Immutable: any number of threads may read it at the same time.
 *
 * Comes out of `arc_token_request_wait`; freed with `arc_token_result_free`, which wipes the token.
 *
 * Methods:
 * - `arc_token_result_token`: the token itself
 * - `arc_token_result_expires_on`: when it ends
 * - `arc_token_result_text`: whose it is, where it came from, the steps taken
 * - `arc_token_result_free`: the end
 */
typedef struct arc_token_result arc_token_result;

/**
 * Rows of texts. Immutable: any number of threads may read it at the same time.
 *
 * Freed with `arc_token_table_free`.
 *
 * Methods:
 * - `arc_token_table_rows`: how many rows there are
 * - `arc_token_table_text`: a text of a row
 * - `arc_token_table_free`: the end
 */
typedef struct arc_token_table arc_token_table;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The `ARC_TOKEN_ABI_VERSION` that the library was built with, to be compared with the header's by those who load it at run
 * time. Any thread.
 */
uint32_t arc_token_abi_version(void);

/**
 * The library's version, like the header's `ARC_TOKEN_VERSION`. A NUL-terminated string that is always there; never freed.
 * Any thread.
 */
const char *arc_token_version(void);

/**
 * The name of a status, like "AgentNotRunning" for `ARC_TOKEN_STATUS_AGENT_NOT_RUNNING`; "Unknown" for any other number.
 * A NUL-terminated string that is always there; never freed. Any thread.
 */
const char *arc_token_status_name(arc_token_status status);

/**
 * Objects and strings handed out by this library and not freed yet, in this process: for tests that look for leaks. Any
 * thread.
 */
uint64_t arc_token_live_objects(void);

/**
 * Gets a token for `resource` (`resource_length` bytes of UTF-8), for example "https://vault.azure.net".
 *
 * NULL with length 0 asks for Azure Resource Manager, that of the machine's cloud. Blocks until there is a token or an error, 60 seconds at most; to wait
 * otherwise, to cancel, or to know when the token ends, use a request. `*token_out` is NUL-terminated, printable ASCII; it
 * must not be changed, and is freed with `arc_token_string_free`. Any number of threads may call this at the same time.
 *
 * # Errors
 * Any status but `ARC_TOKEN_STATUS_PENDING` and `ARC_TOKEN_STATUS_CANCELLED`.
 *
 * # Safety
 * - `resource` is NULL with length 0, or valid for reads of `resource_length` bytes.
 * - `token_out` is NULL (an error), or valid for a write. The string it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_get(const char *resource,
                               size_t resource_length,
                               char **token_out,
                               struct arc_token_error **error_out);

/**
 * Wipes and frees a string that `arc_token_get` gave. NULL is fine.
 *
 * # Safety
 * - `string` is NULL, or came from `arc_token_get`, was not changed and not freed yet, and no other thread is using it.
 */
void arc_token_string_free(char *string);

/**
 * Makes a request for a token for `resource` (`resource_length` bytes of UTF-8), for example "https://vault.azure.net".
 *
 * NULL with length 0 asks for Azure Resource Manager, that of the machine's cloud, or for what `ARC_TOKEN_OPTION_RESOURCE_TYPE_NAME` and
 * `ARC_TOKEN_OPTION_ENVIRONMENT` name. The name of a service is no resource. Nothing is sent yet, and no value is judged before the start.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT`.
 *
 * # Safety
 * - `resource` is NULL with length 0, or valid for reads of `resource_length` bytes.
 * - `request_out` is NULL (an error), or valid for a write. The request it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_new(const char *resource,
                                       size_t resource_length,
                                       struct arc_token_request **request_out,
                                       struct arc_token_error **error_out);

/**
 * Sets an option that is a text, in place of what it was before.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT`, also for an unknown option, one that is a number, and after the start.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `value` is NULL with length 0 (an empty text), or valid for reads of `value_length` bytes.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_set_text(struct arc_token_request *request,
                                            arc_token_option option,
                                            const char *value,
                                            size_t value_length,
                                            struct arc_token_error **error_out);

/**
 * Sets an option that is a number, in place of what it was before.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT`, also for an unknown option, one that is a text, and after the start.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_set_number(struct arc_token_request *request,
                                              arc_token_option option,
                                              uint64_t value,
                                              struct arc_token_error **error_out);

/**
 * Begins the exchange with the agent on a thread of the library, and returns at once. Once for each request.
 *
 * # Errors
 * What can be told without asking the agent: `ARC_TOKEN_STATUS_INVALID_ARGUMENT` for a value that cannot be right, and for a
 * second start; `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`; `ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED`; `ARC_TOKEN_STATUS_CANCELLED`
 * after `arc_token_request_cancel`; `ARC_TOKEN_STATUS_INTERNAL` when no thread can be had. All others come out of
 * `arc_token_request_wait`.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_start(struct arc_token_request *request,
                                         struct arc_token_error **error_out);

/**
 * Waits at most `wait_ms` milliseconds (0: just looks) for the token.
 *
 * `ARC_TOKEN_STATUS_OK`: `*result_out` is the token, a new object each time. `ARC_TOKEN_STATUS_PENDING`: not finished within
 * `wait_ms`, which is no error; neither output is touched but that `*error_out` is NULL. The call as a whole ends at its own
 * time-out (`ARC_TOKEN_OPTION_TIMEOUT_MS`) at the latest, however often it is waited for.
 *
 * # Errors
 * What went wrong with the exchange; `ARC_TOKEN_STATUS_CANCELLED`, at once, after `arc_token_request_cancel`;
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT` before the start, and for a request that was started for something else.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed before this returns.
 * - `result_out` is NULL (an error), or valid for a write. The result it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_wait(struct arc_token_request *request,
                                        uint32_t wait_ms,
                                        struct arc_token_result **result_out,
                                        struct arc_token_error **error_out);

/**
 * Like `arc_token_request_wait`, for a request that was started with `arc_token_request_start_check` or
 * `arc_token_request_start_machine`: `*table_out` is what came of it, a new object each time.
 *
 * # Errors
 * As for `arc_token_request_wait`, but for those about keys and identities; after `arc_token_request_start_check` only
 * `ARC_TOKEN_STATUS_CANCELLED` and `ARC_TOKEN_STATUS_INTERNAL`. `ARC_TOKEN_STATUS_INVALID_ARGUMENT` before the start, and
 * for a request that was started for a token.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed before this returns.
 * - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_wait_table(struct arc_token_request *request,
                                              uint32_t wait_ms,
                                              struct arc_token_table **table_out,
                                              struct arc_token_error **error_out);

/**
 * Gives up: everyone who waits for the request gets `ARC_TOKEN_STATUS_CANCELLED` at once. The exchange itself ends on its
 * own, at its time-out at the latest, and keeps nobody waiting. NULL is fine, and so are a second time and one too late.
 *
 * # Safety
 * - `request` is NULL, or a request not freed before this returns.
 */
void arc_token_request_cancel(struct arc_token_request *request);

/**
 * Frees a request; one that is still under way is cancelled. Results and errors it gave stay good. NULL is fine.
 *
 * # Safety
 * - `request` is NULL, or a request not freed yet, which no other thread is using.
 */
void arc_token_request_free(struct arc_token_request *request);

/**
 * The token: its address, and its length in bytes in `*length_out`. Printable ASCII, not NUL-terminated. NULL and 0 for NULL.
 *
 * It belongs to the result and is good until that is freed. Copies of it are the caller's to wipe.
 *
 * # Safety
 * - `result` is NULL, or a result not freed yet.
 * - `length_out` is NULL, or valid for a write.
 */
const uint8_t *arc_token_result_token(const struct arc_token_result *result,
                                      size_t *length_out);

/**
 * When the token ends, in seconds since 1970-01-01 00:00 UTC. 0 for NULL.
 *
 * # Safety
 * - `result` is NULL, or a result not freed yet.
 */
int64_t arc_token_result_expires_on(const struct arc_token_result *result);

/**
 * A text of the result: its address, and its length in bytes in `*length_out`. UTF-8, not NUL-terminated.
 *
 * NULL and 0 where there is no such text: for a field that this result does not have, an unknown field, or NULL.
 * The text belongs to the result and is good until that is freed.
 *
 * # Safety
 * - `result` is NULL, or a result not freed yet.
 * - `length_out` is NULL, or valid for a write.
 */
const char *arc_token_result_text(const struct arc_token_result *result, arc_token_field field, size_t *length_out);

/**
 * Frees a result, and with it the texts read from it; wipes the token. NULL is fine.
 *
 * # Safety
 * - `result` is NULL, or a result not freed yet, which no other thread is using.
 */
void arc_token_result_free(struct arc_token_result *result);

/**
 * The status, the same that the failed function returned. `ARC_TOKEN_STATUS_INTERNAL` for NULL.
 *
 * # Safety
 * - `error` is NULL, or an error not freed yet.
 */
arc_token_status arc_token_error_status(const struct arc_token_error *error);

/**
 * The HTTP status of the agent's answer, where that was the problem; 0 where it was not, and for NULL.
 *
 * # Safety
 * - `error` is NULL, or an error not freed yet.
 */
int32_t arc_token_error_http_status(const struct arc_token_error *error);

/**
 * A text of the error: its address, and its length in bytes in `*length_out`. UTF-8, not NUL-terminated.
 *
 * NULL and 0 where there is no such text: for a field that this error does not have, an unknown field, or NULL.
 * The text belongs to the error and is good until that is freed.
 *
 * # Safety
 * - `error` is NULL, or an error not freed yet.
 * - `length_out` is NULL, or valid for a write.
 */
const char *arc_token_error_text(const struct arc_token_error *error, arc_token_field field, size_t *length_out);

/**
 * Frees an error, and with it the texts read from it. NULL is fine.
 *
 * # Safety
 * - `error` is NULL, or an error not freed yet, which no other thread is using.
 */
void arc_token_error_free(struct arc_token_error *error);

/**
 * Wipes and forgets all tokens that the library keeps for this process, so that the next request for each asks the agent.
 * Results that were handed out stay good; exchanges under way go on, but what they get is not kept. Any thread.
 *
 * A token is kept until five minutes before its end and given to whoever asks for the same again: same address, key
 * directory, API version, resource and identity. Requests for the same at the same time share one exchange with the agent.
 */
void arc_token_cache_clear(void);

/**
 * Finds the agent as a request without an endpoint does, and asks nobody: nothing is sent.
 *
 * `*table_out` has one row with `ARC_TOKEN_COLUMN_ENDPOINT` and `ARC_TOKEN_COLUMN_ENDPOINT_SOURCE`. Any thread.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED`, `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`.
 *
 * # Safety
 * - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_find_agent(struct arc_token_table **table_out, struct arc_token_error **error_out);

/**
 * Finds the agent as this request would, if it had no endpoint: with the variables of the option `ARC_TOKEN_OPTION_VARIABLE`. Nothing
 * is sent, and the request can be started before or after.
 *
 * `*table_out` is as from `arc_token_find_agent`. Any thread.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED`, `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`, `ARC_TOKEN_STATUS_INVALID_ARGUMENT`.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_find_agent(struct arc_token_request *request,
                                              struct arc_token_table **table_out,
                                              struct arc_token_error **error_out);

/**
 * Checks an address that an environment variable names, before another program of this process asks it: the rules for addresses
 * from the environment, and one look at who listens there. Nothing is sent.
 *
 * An address where nobody listens passes. `localhost` is checked as 127.0.0.1 and as ::1, since other programs may try both. On
 * systems that do not tell who listens, only the rules are checked, and the log says so; where the variable
 * `ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT` requires an identified agent, that is an error. `*table_out` has one row with
 * `ARC_TOKEN_COLUMN_ENDPOINT`, `ARC_TOKEN_COLUMN_LOG`, `ARC_TOKEN_COLUMN_LOG_DETAIL` and, where there are warnings,
 * `ARC_TOKEN_COLUMN_WARNINGS`.
 *
 * Of the request only its variables count (`ARC_TOKEN_OPTION_VARIABLE`), and it can be started before or after. Any thread.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`; `ARC_TOKEN_STATUS_FOREIGN_ANSWER` when a user listens there who is not the agent's, or cannot be told;
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT` for what is no text; `ARC_TOKEN_STATUS_INTERNAL`.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `endpoint` is NULL with `length` 0 (which is refused), or valid for reads of `length` bytes, unless `length` is more than 65536.
 * - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_check_endpoint(struct arc_token_request *request,
                                                  const char *endpoint,
                                                  size_t length,
                                                  struct arc_token_table **table_out,
                                                  struct arc_token_error **error_out);

/**
 * The audiences that are known by name (`ARC_TOKEN_OPTION_RESOURCE_TYPE_NAME`), service by service and cloud by cloud. Nobody is asked.
 *
 * Each row of `*table_out` has `ARC_TOKEN_COLUMN_NAME`, the service; `ARC_TOKEN_COLUMN_ENVIRONMENT`, the cloud, with
 * `ARC_TOKEN_COLUMN_OTHER_NAMES`; and `ARC_TOKEN_COLUMN_AUDIENCE`. The first row's cloud is the default one. Any thread.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT`.
 *
 * # Safety
 * - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_audiences(struct arc_token_table **table_out,
                                     struct arc_token_error **error_out);

/**
 * Begins to check, on a thread of the library, all that a token for this request needs, and returns at once: instead of
 * `arc_token_request_start`, and like it once for each request.
 *
 * What comes of it is for `arc_token_request_wait_table`: a table with a row for each check, always all of them in the same
 * order, whatever happens, and within the request's time-out. Rows have `ARC_TOKEN_COLUMN_NAME` (which is stable),
 * `ARC_TOKEN_COLUMN_STATUS`, `ARC_TOKEN_COLUMN_DETAIL`, and `ARC_TOKEN_COLUMN_ADVICE` where there is something to do. What
 * fails is a row, and what depends on it is skipped. A token is really asked for, past the cache, and thrown away.
 *
 * # Errors
 * `ARC_TOKEN_STATUS_INVALID_ARGUMENT` for a value of the request that cannot be right, and for a second start;
 * `ARC_TOKEN_STATUS_CANCELLED` after `arc_token_request_cancel`; `ARC_TOKEN_STATUS_INTERNAL` when no thread can be had.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_start_check(struct arc_token_request *request,
                                               struct arc_token_error **error_out);

/**
 * Begins to ask the agent about the machine, on a thread of the library, and returns at once: instead of
 * `arc_token_request_start`, and like it once for each request. Of the request's options the endpoint, the API version,
 * the time-out and the wait for the agent count. No key is needed for this: the agent tells it to every process on the machine.
 *
 * What comes of it is for `arc_token_request_wait_table`: a table whose first row is the machine, with the columns from
 * `ARC_TOKEN_COLUMN_RESOURCE_ID` to `ARC_TOKEN_COLUMN_AGENT_VERSION`, its name, the agent's address and what named it, and
 * the log. What the agent does not tell is absent. Each further row is a tag, in the agent's order, with
 * `ARC_TOKEN_COLUMN_NAME` and `ARC_TOKEN_COLUMN_VALUE`.
 *
 * # Errors
 * As for `arc_token_request_start`.
 *
 * # Safety
 * - `request` is NULL (an error), or a request not freed yet.
 * - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
 */
arc_token_status arc_token_request_start_machine(struct arc_token_request *request,
                                                 struct arc_token_error **error_out);

/**
 * The number of rows. 0 for NULL.
 *
 * # Safety
 * - `table` is NULL, or a table not freed yet.
 */
size_t arc_token_table_rows(const struct arc_token_table *table);

/**
 * A text of the row with this number, counted from 0: its address, and its length in bytes in `*length_out`. UTF-8, not
 * NUL-terminated.
 *
 * NULL and 0 where there is no such text: for a column that this row does not have, an unknown column or row, or NULL.
 * The text belongs to the table and is good until that is freed.
 *
 * # Safety
 * - `table` is NULL, or a table not freed yet.
 * - `length_out` is NULL, or valid for a write.
 */
const char *arc_token_table_text(const struct arc_token_table *table,
                                 size_t row,
                                 arc_token_column column,
                                 size_t *length_out);

/**
 * Frees a table, and with it the texts read from it. NULL is fine.
 *
 * # Safety
 * - `table` is NULL, or a table not freed yet, which no other thread is using.
 */
void arc_token_table_free(struct arc_token_table *table);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ARC_TOKEN_H */
