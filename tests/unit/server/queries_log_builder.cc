// The log builder of the tests of replay, compiled into this program too: pages are asked over
// states that real events made.
#include "tests/unit/replay/log_builder.cc"
