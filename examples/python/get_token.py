"""Prints a token, for a program that reads it: get_token.py LIBRARY [RESOURCE [ENDPOINT KEY_DIRECTORY]] | ..."""
import ctypes
import sys

arc = ctypes.CDLL(sys.argv[1])  # By its whole path: a bare name would be looked for in places that others can write to.
pointer, size = ctypes.c_void_p, ctypes.c_size_t
for name in ("arc_token_result_token", "arc_token_error_text"):
    getattr(arc, name).restype = pointer
request, result, error = pointer(), pointer(), pointer()
OK, ENDPOINT, KEY_DIRECTORY, MESSAGE = 0, 1, 2, 30  # The numbers are those of arc_token.h.


def read(accessor, *arguments):
    length = size()
    address = accessor(*arguments, ctypes.byref(length))
    return ctypes.string_at(address, length.value)


resource = (sys.argv[2] if len(sys.argv) > 2 else "https://management.azure.com/").encode()
status = arc.arc_token_request_new(resource, size(len(resource)), ctypes.byref(request), ctypes.byref(error))
for option, value in zip((ENDPOINT, KEY_DIRECTORY), sys.argv[3:]):  # Not the installed agent, but an emulator.
    text = value.encode()
    status = status or arc.arc_token_request_set_text(request, option, text, size(len(text)), ctypes.byref(error))
status = status or arc.arc_token_request_start(request, ctypes.byref(error))
status = status or arc.arc_token_request_wait(request, 0xFFFFFFFF, ctypes.byref(result), ctypes.byref(error))
if status == OK:
    sys.stdout.buffer.write(read(arc.arc_token_result_token, result))
else:
    sys.stderr.buffer.write(read(arc.arc_token_error_text, error, MESSAGE) + b"\n")
arc.arc_token_result_free(result)
arc.arc_token_error_free(error)
arc.arc_token_request_free(request)
sys.exit(status != OK)
