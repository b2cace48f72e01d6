/* The header can be included twice, first of all, and in more than one file of a program: linked into each test. */
#include "arc_token.h"
#include "arc_token.h"

/* A pointer to a function of every type's, so that a declaration that does not match its library's is not just unused. */
void (*const arc_token_tests_included_twice)(arc_token_request *) = arc_token_request_free;
