// Main thread.
#pragma once

#include <filesystem>

#include "tools/houniao/context.h"

namespace houniao {

// Says on standard error what stands in <data>/cosigned and is no use: a command that reads the
// cosigned checkpoints goes on without it.
void tell_unused_cosigned(const std::filesystem::path& data, Context& context);

}  // namespace houniao
