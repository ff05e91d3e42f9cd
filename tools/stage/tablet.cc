#include "tools/stage/tablet.h"

#include <algorithm>

namespace houniao::stage {
namespace {

// One commit of a tablet's store; far below the SDK's limit, so that a batch stays a few megabytes.
constexpr std::size_t kBatchEvents = 8'192;

}  // namespace

EventDraft Tablet::draft(Day day) const {
  EventDraft out;
  out.occurred = day;
  out.source = schema::Source::IMPORTED;
  out.actor = actor;
  out.organisation = organisation;
  out.programme = programme;
  out.site = site;
  out.scope = scope;
  return out;
}

EventId Tablet::add(EventDraft draft) {
  const EventId id{device_->next_event_id().value + pile_.size()};
  pile_.push_back(std::move(draft));
  return id;
}

EventId Tablet::add(Day day, Fill fill) {
  EventDraft event = draft(day);
  event.body = std::move(fill);
  return add(std::move(event));
}

Result<void> Tablet::save() {
  for (std::size_t at = 0; at < pile_.size(); at += kBatchEvents) {
    const std::size_t count = std::min(kBatchEvents, pile_.size() - at);
    auto saved = device_->record(std::span<const EventDraft>(pile_).subspan(at, count));
    if (!saved) return fail(saved.error().code, label_ + ": " + saved.error().detail);
    saved_ += count;
  }
  pile_.clear();
  return {};
}

Result<void> Tablet::sync(std::chrono::milliseconds timeout) {
  HOUNIAO_TRY(save());
  auto synced = device_->wait_synced(timeout);
  if (!synced) return fail(synced.error().code, label_ + ": " + synced.error().detail);
  return {};
}

Result<void> Tablet::connect() {
  auto connected = device_->connect();
  if (!connected) return fail(connected.error().code, label_ + ": " + connected.error().detail);
  return {};
}

}  // namespace houniao::stage
