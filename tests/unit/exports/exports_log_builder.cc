// The log builder of the tests of replay, compiled into this program too: exports are asked over
// logs that real events made.
#include "tests/unit/replay/log_builder.cc"
