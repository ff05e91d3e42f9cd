// Headers that nearly every source of replay/, server/, client_sdk/ and tools/ reads: compiled once
// per target, because parsing the generated schema costs more than the sources themselves. Sources
// still include what they use; this file only saves time.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schema/codec.h"
#include "schema/event.capnp.h"
#include "schema/record.capnp.h"
#include "schema/sync.capnp.h"
