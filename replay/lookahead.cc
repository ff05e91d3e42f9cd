#include "replay/lookahead.h"

#include <kj/exception.h>

#include "schema/trusted.h"

namespace houniao {

namespace {

template <class Struct>
typename Struct::Reader body_of(schema::Event::Reader event) {
  return trusted::struct_at<Struct>(event, trusted::event::kBody);
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

// Opens record i, whose bytes were asked for one record ago, and takes the one before it a step
// further.
void Lookahead::advance(std::size_t i) {
  if (i + 1 < records_.size()) warm_bytes(records_[i + 1].data(), records_[i + 1].size());
  if (i < records_.size()) {
    open(slot(i), records_[i]);
    warm(slot(i), Warm::index);
  }
  if (i > 0 && i - 1 < records_.size()) warm(slot(i - 1), Warm::entry);
}

void Lookahead::open(Opened& opened, ByteView bytes) {
  opened.bytes = bytes;
  opened.ready = false;
  opened.table = Opened::Table::none;
  try {
    if (!opened.record.open(bytes)) return;
    opened.ready = !opened.record.is_event() || opened.event.open(opened.record.event_bytes());
    if (opened.ready && opened.record.is_event()) aim(opened);
  } catch (const kj::Exception&) {
    opened.ready = false;
  }
}

// Only for the types that make up most of a log. Says nothing about whether the event will have an
// effect.
void Lookahead::aim(Opened& opened) const {
  const auto at = [&](Opened::Table table, std::uint64_t key) {
    opened.table = table;
    opened.key = key;
  };
  const schema::Event::Reader event = opened.event.get();
  switch (event.getBody().which()) {
    case schema::Event::Body::PERSON_REGISTERED: {
      const auto index =
          blind_index_from(to_view(body_of<schema::PersonRegistered>(event).getBlindIndex()));
      return at(Opened::Table::persons_by_index,
                decltype(PeopleState::by_blind_index)::hash_of(index));
    }
    case schema::Event::Body::CONSENT_CHANGED: {
      const PersonId person{body_of<schema::ConsentChanged>(event).getPerson()};
      return at(Opened::Table::consents, decltype(PeopleState::consents)::hash_of(person));
    }
    case schema::Event::Body::MEMBERSHIP_CHANGED: {
      const auto change = body_of<schema::MembershipChanged>(event);
      return at(Opened::Table::memberships, decltype(OrganisationsState::memberships)::hash_of(
                                                {change.getMember(), change.getGroup()}));
    }
    case schema::Event::Body::AGENCY_CASE_OPENED: {
      const auto opened_case = body_of<schema::AgencyCaseOpened>(event);
      const Symbol certificate = state_.symbols().find(to_view(opened_case.getCertificate()));
      return at(Opened::Table::cases_by_certificate,
                decltype(ServicesState::by_certificate)::hash_of(
                    {PersonId{opened_case.getPerson()}, certificate}));
    }
    case schema::Event::Body::AGENCY_CASE_PROGRESSED:
      return at(Opened::Table::cases, body_of<schema::AgencyCaseProgressed>(event).getCase());
    default:
      return;
  }
}

void Lookahead::warm(const Opened& opened, Warm step) const {
  const auto hash = static_cast<std::uint32_t>(opened.key);
  switch (opened.table) {
    case Opened::Table::none:
      return;
    case Opened::Table::persons_by_index:
      return state_.people.by_blind_index.warm(hash, step);
    case Opened::Table::consents:
      return state_.people.consents.warm(hash, step);
    case Opened::Table::memberships:
      return state_.organisations.memberships.warm(hash, step);
    case Opened::Table::cases_by_certificate:
      return state_.services.by_certificate.warm(hash, step);
    case Opened::Table::cases:
      return state_.services.cases.warm(AgencyCaseId{opened.key}, step);
  }
}

}  // namespace houniao
