// A trace for people: a tree of text, and a graph in the DOT language for Graphviz.
#pragma once

#include <string>

#include "replay/trace.h"

namespace houniao {

// Two trees, what the root comes from and what comes of it; a node that was shown above is named
// again and not unfolded again.
std::string trace_text(const Trace& trace);
std::string trace_dot(const Trace& trace);

}  // namespace houniao
