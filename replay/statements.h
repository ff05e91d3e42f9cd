// Which of several statements about one thing is in force, as a function of the set of statements
// alone, so that replicas which got them in different order agree.
//
// A statement comes after those that it names as causes and after earlier ones of its own device
// (it was made with them in view); between statements that did not know of each other the civil
// time they state decides, then the event id. Two of the latter kind are a conflict and can be
// shown.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace houniao {

struct EventContext;

struct Statement {
  EventId event;
  std::int32_t day = 0;
  std::int16_t minute = -1;
  std::uint32_t depth = 0;            // longest chain of statements before it, see settle()
  std::vector<std::uint64_t> causes;  // as the event names them

  bool before(const Statement& other) const {
    if (depth != other.depth) return depth < other.depth;
    if (day != other.day) return day < other.day;
    if (minute != other.minute) return minute < other.minute;
    return event < other.event;
  }
  bool knew_of(const Statement& other) const {
    return (device_of(event) == device_of(other.event) && other.event < event) ||
           std::find(causes.begin(), causes.end(), other.event.value) != causes.end();
  }
  template <class Archive>
  void fields(Archive& a) {
    a(event, day, minute, depth, causes);
  }
};

Statement statement_of(const EventContext& context);

namespace statements_detail {
// Peers may send causes in a circle; the bound makes every input end, and is still a function of
// the set.
inline constexpr int kRoundsMax = 64;
}  // namespace statements_detail

// Sorts `items` (each with a member `order` of type Statement); the last one is in force.
template <class T>
void settle(std::vector<T>& items) {
  if (items.size() < 2) {
    if (!items.empty()) items.front().order.depth = 0;
    return;
  }
  // Stable: one event may make several statements, whose order is that of its list.
  std::stable_sort(items.begin(), items.end(),
                   [](const T& a, const T& b) { return a.order.event < b.order.event; });
  for (T& item : items) item.order.depth = 0;
  const auto find = [&](std::uint64_t id) -> const T* {
    auto at = std::lower_bound(items.begin(), items.end(), id, [](const T& item, std::uint64_t v) {
      return item.order.event.value < v;
    });
    return at != items.end() && at->order.event.value == id ? &*at : nullptr;
  };
  bool changed = true;
  for (int round = 0; changed && round < statements_detail::kRoundsMax; ++round) {
    changed = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::uint32_t depth = 0;
      if (i > 0 && device_of(items[i - 1].order.event) == device_of(items[i].order.event)) {
        depth = items[i - 1].order.depth + 1;
      }
      for (std::uint64_t cause : items[i].order.causes) {
        if (const T* earlier = find(cause); earlier != nullptr && earlier != &items[i]) {
          depth = std::max(depth, earlier->order.depth + 1);
        }
      }
      if (depth > items[i].order.depth) {
        items[i].order.depth = depth;
        changed = true;
      }
    }
  }
  std::sort(items.begin(), items.end(),
            [](const T& a, const T& b) { return a.order.before(b.order); });
}

// Takes out the statement that `event` made; true when there was one.
template <class T>
bool remove_statement(std::vector<T>& items, EventId event) {
  const auto count = std::erase_if(items, [&](const T& item) { return item.order.event == event; });
  if (count != 0) settle(items);
  return count != 0;
}

// For lists whose items have a member `event`: keeps them in order of event id.
template <class T>
void insert_by_event(std::vector<T>& items, T item) {
  auto at = std::lower_bound(items.begin(), items.end(), item.event,
                             [](const T& a, EventId b) { return a.event < b; });
  items.insert(at, std::move(item));
}
template <class List>
bool erase_event(List& items, EventId event) {
  const auto end = std::remove_if(items.begin(), items.end(),
                                  [&](const auto& item) { return item.event == event; });
  const bool found = end != items.end();
  items.erase(end, items.end());
  return found;
}
template <class List>
bool erase_value(List& items, const typename List::value_type& value) {
  const auto end = std::remove(items.begin(), items.end(), value);
  const bool found = end != items.end();
  items.erase(end, items.end());
  return found;
}
template <class List, class Less = std::less<>>
void insert_sorted(List& items, typename List::value_type item, Less less = {}) {
  items.insert(std::upper_bound(items.begin(), items.end(), item, less), std::move(item));
}

// The same for a list that holds each value once.
template <class List>
void insert_once(List& items, const typename List::value_type& item) {
  const auto at = std::lower_bound(items.begin(), items.end(), item);
  if (at == items.end() || *at != item) items.insert(at, item);
}

// That something ended, by one of possibly several events. The earliest day holds: nothing after it
// may count as inside.
struct Ending {
  EventId event;
  Day day;
  std::uint64_t successor = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, day, successor);
  }
};
// nullptr while it goes on.
inline const Ending* first_ending(const std::vector<Ending>& endings) {
  const Ending* first = nullptr;
  for (const Ending& ending : endings) {
    if (first == nullptr || ending.day < first->day) first = &ending;
  }
  return first;
}
// The day of the first ending, the last possible day while there is none.
inline Day end_day(const std::vector<Ending>& endings) {
  const Ending* first = first_ending(endings);
  return first == nullptr ? Day{std::numeric_limits<std::int32_t>::max()} : first->day;
}

}  // namespace houniao
