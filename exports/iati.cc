#include "exports/iati.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "exports/text.h"
#include "exports/xml.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

using Body = schema::Event::Body;
constexpr std::uint16_t number_of(EventType type) { return static_cast<std::uint16_t>(type); }

struct Movement {
  EventId event;
  std::uint16_t type = 0;
  Day day;
  Fen amount;  // negative for a reversal
  std::uint64_t provider = 0;
  std::uint64_t receiver = 0;
  bool under_contract = false;
};

struct Money {
  std::map<int, std::int64_t> budget_fen;  // by calendar year
  std::vector<Movement> movements;
};

// What the fact rows of money say, by the programme that they name.
class MoneyBooks {
 public:
  MoneyBooks(const State& state, const Scope& scope) : state_(state) {
    FactFilter filter;
    for (const EventType type : {Body::BUDGET_ALLOCATED, Body::FUNDS_RECEIVED,
                                 Body::DISBURSEMENT_PAID, Body::DISBURSEMENT_REVERSED}) {
      filter.types.set(number_of(type));
    }
    filter.from_day = scope.from.value;
    filter.to_day = scope.to.value;
    state.facts.scan(filter, [&](const FactTable::Columns&, std::size_t i) {
      const FactRow row = state.facts.row(i);
      if (state.in_force(row.event)) take(row);
    });
    for (auto& [id, money] : of_) {
      std::sort(money.movements.begin(), money.movements.end(),
                [](const Movement& a, const Movement& b) {
                  return a.day != b.day ? a.day < b.day : a.event < b.event;
                });
    }
  }
  const Money& of(ProgrammeId id) const {
    static const Money kNone;
    const auto found = of_.find(id.value);
    return found == of_.end() ? kNone : found->second;
  }

 private:
  void take(const FactRow& row) {
    const Fund* fund = state_.funds.find(FundId{row.group});
    const std::uint64_t owner = fund == nullptr ? 0 : fund->owner.value;
    Movement move{row.event, row.type, Day{row.day}, Fen{row.amount_fen}, 0, 0, false};
    switch (static_cast<EventType>(row.type)) {
      case Body::BUDGET_ALLOCATED: {
        const bool named = state_.programme(ProgrammeId{row.subject}) != nullptr;
        const std::uint64_t programme = named ? row.subject : row.programme;
        of_[programme].budget_fen[to_civil(Day{row.day}).year] += row.amount_fen;
        return;
      }
      case Body::FUNDS_RECEIVED:
        move.provider = row.subject;
        move.receiver = owner;
        break;
      default: {
        move.provider = owner;
        move.receiver = row.subject;
        if (row.type == number_of(Body::DISBURSEMENT_REVERSED)) {
          move.amount = Fen{-std::abs(row.amount_fen)};
        }
        const Payment* payment = state_.funds.find_payment(PaymentId{row.event.value});
        const Request* request =
            payment == nullptr ? nullptr : state_.funds.find_request(payment->request);
        move.under_contract = request == nullptr || request->contract;
        break;
      }
    }
    of_[row.programme].movements.push_back(move);
  }

  const State& state_;
  std::map<std::uint64_t, Money> of_;
};

class Activity {
 public:
  Activity(const State& state, const IatiOptions& options, XmlOut& out, const Programme& programme)
      : state_(state), options_(options), out_(out), programme_(programme) {}

  void write(const Money& money) {
    out_.open("iati-activity", {{"default-currency", "CNY"},
                                {"xml:lang", "zh"},
                                {"hierarchy", programme_.parent ? "2" : "1"},
                                {"last-updated-datetime", to_rfc3339(state_.last_received)}});
    out_.text("iati-identifier", options_.reporting_ref + "-" + id_text(programme_.id));
    named("reporting-org", options_.reporting_name,
          {{"ref", options_.reporting_ref}, {"type", "10"}});
    narrative("title", programme_.purpose.empty()
                           ? std::string(state_.symbols().text(programme_.code))
                           : programme_.purpose);
    const std::string about =
        programme_.target_group.empty() ? programme_.purpose : programme_.target_group;
    narrative("description", about.empty() ? id_text(programme_.id) : about);
    participants();
    status_and_dates();
    out_.empty("recipient-country", {{"code", "CN"}, {"percentage", "100"}});
    // 16010: social protection, of the DAC list.
    out_.empty("sector", {{"vocabulary", "1"}, {"code", "16010"}});
    for (const auto& [year, fen] : money.budget_fen) budget(year, Fen{fen});
    for (const Movement& move : money.movements) transaction(move);
    out_.close();
  }

 private:
  void narrative(std::string_view element, const std::string& words) {
    out_.open(element);
    out_.text("narrative", words);
    out_.close();
  }
  void named(std::string_view element, const std::string& name, XmlOut::Attributes attributes) {
    out_.open(element, attributes);
    out_.text("narrative", name);
    out_.close();
  }
  std::string reference_of(std::uint64_t id) const {
    const Organisation* organisation = state_.organisation(OrganisationId{id});
    if (organisation != nullptr && organisation->uscc_ok) return "CN-USCC-" + organisation->uscc;
    return options_.reporting_ref + "-" + id_text(id);
  }
  std::string name_of(std::uint64_t id) const {
    const Organisation* organisation = state_.organisation(OrganisationId{id});
    return organisation == nullptr || organisation->name.empty() ? id_text(id) : organisation->name;
  }
  void participants() {
    std::set<std::uint64_t> written;
    for (const std::uint64_t partner : programme_.partners) {
      if (state_.organisation(OrganisationId{partner}) == nullptr) continue;
      if (!written.insert(partner).second) continue;
      // 4: implementing.
      named("participating-org", name_of(partner), {{"ref", reference_of(partner)}, {"role", "4"}});
    }
    if (written.empty()) {
      named("participating-org", options_.reporting_name,
            {{"ref", options_.reporting_ref}, {"role", "4"}});
    }
  }
  void date(std::string_view type, Day day) {
    if (day.value == 0 || day == kOpenEnd) return;
    out_.empty("activity-date", {{"iso-date", to_string(day)}, {"type", type}});
  }
  void status_and_dates() {
    const Day today = day_of(state_.last_received);
    const bool begun = programme_.from <= today;
    const bool over = !programme_.closings.empty() || programme_.to < today;
    // 1 pipeline, 2 implementation, 4 closed.
    out_.empty("activity-status", {{"code", over ? "4" : begun ? "2" : "1"}});
    date("1", programme_.from);
    if (begun) date("2", programme_.from);
    date("3", programme_.to);
    if (over) date("4", std::min(programme_.to, programme_.closed_on()));
  }
  void budget(int year, Fen amount) {
    const std::string from = to_string(to_day({year, 1, 1}));
    out_.open("budget", {{"type", "1"}, {"status", "2"}});
    out_.empty("period-start", {{"iso-date", from}});
    out_.empty("period-end", {{"iso-date", to_string(to_day({year, 12, 31}))}});
    out_.text("value", decimal(amount), {{"currency", "CNY"}, {"value-date", from}});
    out_.close();
  }
  void transaction(const Movement& move) {
    const bool incoming = move.type == number_of(Body::FUNDS_RECEIVED);
    const std::string day = to_string(move.day);
    out_.open("transaction", {{"ref", to_string(move.event)}});
    out_.empty("transaction-type", {{"code", incoming ? "1" : move.under_contract ? "4" : "3"}});
    out_.empty("transaction-date", {{"iso-date", day}});
    out_.text("value", decimal(move.amount), {{"currency", "CNY"}, {"value-date", day}});
    if (move.provider != 0) {
      named("provider-org", name_of(move.provider), {{"ref", reference_of(move.provider)}});
    }
    if (move.receiver != 0) {
      named("receiver-org", name_of(move.receiver), {{"ref", reference_of(move.receiver)}});
    }
    out_.close();
  }

  const State& state_;
  const IatiOptions& options_;
  XmlOut& out_;
  const Programme& programme_;
};

}  // namespace

Result<void> write_iati(const State& state, const Scope& scope, const IatiOptions& options,
                        const Sink& sink) {
  const MoneyBooks books(state, scope);
  std::vector<const Programme*> programmes;
  for (const auto& [id, programme] : state.programmes.programmes) {
    if (state.in_force(id) && scope.has_programme(id.value)) programmes.push_back(&programme);
  }
  std::sort(programmes.begin(), programmes.end(),
            [](const Programme* a, const Programme* b) { return a->id < b->id; });
  XmlOut out(sink);
  out.open("iati-activities",
           {{"version", "2.03"}, {"generated-datetime", to_rfc3339(state.last_received)}});
  for (const Programme* programme : programmes) {
    if (out.stopped()) break;
    Activity(state, options, out, *programme).write(books.of(programme->id));
  }
  out.close();
  return {};
}

}  // namespace houniao::exports
