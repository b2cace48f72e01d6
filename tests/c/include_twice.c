/* Proves that the header can be included twice, before any other, and in several files of a program. It is linked into each test. */
#include "arc_token.h"
#include "arc_token.h"

/* A use of the header, which makes the linker look for one of its functions. */
void (*const arc_token_tests_included_twice)(arc_token_request *) = arc_token_request_free;
