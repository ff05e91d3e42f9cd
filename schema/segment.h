// Whether a message can be read without checking each pointer again on the way. Pure.
#pragma once

#include <capnp/common.h>
#include <kj/common.h>

namespace houniao {

// Whether every pointer that can be reached from the root of this one segment leads to something
// that lies wholly within it, in at most limits::kNestingMax steps and without visiting much more
// than its words; then capnp::readMessageUnchecked() stays inside. Says nothing about the schema.
// False also for far pointers and capabilities, which no message of one segment needs.
bool is_self_contained(kj::ArrayPtr<const capnp::word> segment);

}  // namespace houniao
