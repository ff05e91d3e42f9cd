#include "replay/lookahead.h"

#include <kj/exception.h>

namespace houniao {

namespace {

// What apply() of the event's type looks up first in a table that grows with the log; only for the
// types that make up most of a log. Says nothing about whether the event will have an effect.
void warm_tables(const State& state, schema::Event::Body::Reader body, Warm step) {
  switch (body.which()) {
    case schema::Event::Body::PERSON_REGISTERED: {
      const auto index = blind_index_from(to_view(body.getPersonRegistered().getBlindIndex()));
      return state.people.by_blind_index.warm(index, step);
    }
    case schema::Event::Body::CONSENT_CHANGED:
      return state.people.consents.warm(PersonId{body.getConsentChanged().getPerson()}, step);
    case schema::Event::Body::MEMBERSHIP_CHANGED: {
      const auto change = body.getMembershipChanged();
      return state.organisations.memberships.warm({change.getMember(), change.getGroup()}, step);
    }
    case schema::Event::Body::AGENCY_CASE_OPENED: {
      const auto opened = body.getAgencyCaseOpened();
      const Symbol certificate = state.symbols().find(to_view(opened.getCertificate()));
      return state.services.by_certificate.warm({PersonId{opened.getPerson()}, certificate}, step);
    }
    case schema::Event::Body::AGENCY_CASE_PROGRESSED:
      return state.services.cases.warm(AgencyCaseId{body.getAgencyCaseProgressed().getCase()},
                                       step);
    default:
      return;
  }
}

}  // namespace

Lookahead::Lookahead(const State& state, std::span<const ByteView> records)
    : state_(state), records_(records) {
  for (std::size_t i = 0; i < kDepth; ++i) advance(i);
}

const Lookahead::Opened* Lookahead::next() {
  if (next_ == records_.size()) return nullptr;
  advance(next_ + kDepth);
  return &slot(next_++);
}

// Opens record i and takes the one before it a step further. Of the records themselves only the one
// at hand is asked for: those after it lie behind it, which the processor notices.
void Lookahead::advance(std::size_t i) {
  if (i < records_.size()) {
    warm_bytes(records_[i].data(), records_[i].size());
    open(slot(i), records_[i]);
    warm(slot(i), Warm::index);
  }
  if (i > 0 && i - 1 < records_.size()) warm(slot(i - 1), Warm::entry);
}

void Lookahead::open(Opened& opened, ByteView bytes) {
  opened.bytes = bytes;
  opened.ready = false;
  try {
    if (!opened.record.open(bytes)) return;
    opened.ready = !opened.record.is_event() || opened.event.open(opened.record.event_bytes());
  } catch (const kj::Exception&) {
    opened.ready = false;
  }
}

void Lookahead::warm(Opened& opened, Warm step) {
  if (!opened.ready || !opened.record.is_event()) return;
  try {
    warm_tables(state_, opened.event.get().getBody(), step);
  } catch (const kj::Exception&) {
    opened.ready = false;
  }
}

}  // namespace houniao
