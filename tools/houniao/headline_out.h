// How the checked numbers of a headline are printed, as a table for people and as JSON. Free
// functions; no thread rules.
#pragma once

#include <iosfwd>

#include "replay/headline/check.h"
#include "tools/houniao/json_out.h"

namespace houniao {

// {"proved", "refuted", "cannot_be_known", "numbers": [...], "set_aside": [...]}; docs/HEADLINES.md
// names the members.
Json json_of(const HeadlineCheck& check);

// A line for each number, below it why, the events that decide it and what else it may mean.
void print_headline(std::ostream& out, const HeadlineCheck& check);

std::size_t count_of(const HeadlineCheck& check, HeadlineVerdict verdict);

}  // namespace houniao
