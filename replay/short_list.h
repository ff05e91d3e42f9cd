// A list that mostly has one or two items: the first N lie in its owner instead of in memory of
// their own. A value.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>

namespace houniao {

template <class T, std::size_t N>
using ShortList = boost::container::small_vector<T, N>;

}  // namespace houniao
