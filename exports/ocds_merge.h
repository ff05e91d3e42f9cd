// The merge routine of the Open Contracting Data Standard 1.1 for compiled releases
// (standard.open-contracting.org/1.1/en/schema/merging): what a contracting process comes to when
// its releases are laid over one another in the order of their dates.
//
//   - `id`, `date` and `tag` of a release are left out (omitWhenMerged); the compiled release has
//     its own: {ocid}-{date}, the greatest date, ["compiled"];
//   - a null takes a field away; a literal replaces; objects are merged field by field;
//   - arrays of anything but objects, and those that the schema marks wholeListMerge
//     (additionalIdentifiers, additionalClassifications) or whose items have no id (changes), are
//     replaced as a whole;
//   - all other arrays of objects are merged by `id`; an object without one is appended.
//
// Pure; any thread.
#pragma once

#include <vector>

#include "base/error.h"
#include "exports/sink.h"

namespace houniao::exports {

// In any order; releases of one date in the order given. invalid_argument when there is none, when
// one lacks ocid or date, or when they are of several processes.
Result<Json> compiled_release(std::vector<Json> releases);

}  // namespace houniao::exports
