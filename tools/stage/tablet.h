// One tablet of the story: a device with the person who holds it and the place it works for. Events
// are written into a pile first and committed to the device's store in large batches, as a roster
// that is typed in is; ids are known at once, so that events of one pile can name each other.
//
// Owned by the cast; used from the play's thread only.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tools/stage/backstage.h"

namespace houniao::stage {

class Tablet {
 public:
  using Fill = std::function<void(schema::Event::Body::Builder)>;

  Tablet(std::string label, std::unique_ptr<Device> device)
      : label_(std::move(label)), device_(std::move(device)) {}

  const std::string& label() const { return label_; }
  Device& device() { return *device_; }
  const Device& device() const { return *device_; }

  // What the envelope of this tablet's events says.
  std::uint64_t actor = 0;
  OrganisationId organisation;
  ProgrammeId programme;
  SiteId site;
  ScopeId scope = kScopeCommons;

  // The story is an older book that is taken over: its days are those of the book.
  EventDraft draft(Day day) const;
  // Puts an event on the pile and returns the id that it will have.
  EventId add(EventDraft draft);
  EventId add(Day day, Fill fill);
  // Events that were saved or stand on the pile.
  std::uint64_t written() const { return saved_ + pile_.size(); }

  // Commits the pile to the tablet's store: durable, offline or not.
  Result<void> save();
  // save(), then at most `timeout` until the server has it all and this tablet has everything of
  // its scopes. The tablet must be connected.
  Result<void> sync(std::chrono::milliseconds timeout);
  Result<void> connect();

 private:
  std::string label_;
  std::unique_ptr<Device> device_;
  std::vector<EventDraft> pile_;
  std::uint64_t saved_ = 0;
};

}  // namespace houniao::stage
