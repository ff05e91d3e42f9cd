// A33, organisation: bodies that are paid or act although their papers do not allow it (GB 32100;
// 社会组织评估管理办法, 部令39号: a rating is valid for five years; I7).
//
// Reads: organisations with code, credentials and status; contracts, awards, payments; and what was
// delivered under the name of a body. One anomaly for each organisation, with all that speaks
// against it:
//   - a code that fails its check, or that another body has as well
//   - a rating of more than five years, or a contract signed after the last rating had expired
//   - deliveries, contracts or awards while suspended or deregistered
//   - a contractor without a code, or still without a verified account long after signing
#include <algorithm>
#include <map>

#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

using Kind = schema::OrganisationCredentialRecorded::Kind;
using Status = schema::OrganisationStatusChanged::Status;

struct Fault {
  std::vector<EventId> events;
  std::vector<std::string> zh;
  std::vector<std::string> en;

  void say(std::string chinese, std::string english) {
    zh.push_back(std::move(chinese));
    en.push_back(std::move(english));
  }
};
using Faults = std::map<OrganisationId, Fault>;

bool is_kind(const Credential& credential, Kind kind) {
  return credential.kind == static_cast<std::uint16_t>(kind);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

class Organisations final : public Rule {
 public:
  explicit Organisations(const Parameters& parameters)
      : rating_days_(parameters.get("rating_days")),
        winding_up_days_(parameters.get("winding_up_days")),
        account_days_(parameters.get("account_days")) {}

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    Faults faults;
    look_at_codes(state, faults);
    look_at_ratings(state, faults);
    look_at_status(state, faults);
    look_at_contractors(state, today, faults);
    if (faults.empty()) return;
    const std::map<OrganisationId, Fen> money = money_of(state, faults);
    for (auto& [id, fault] : faults) {
      Anomaly anomaly;
      anomaly.subject = id.value;
      anomaly.events = std::move(fault.events);
      const auto at = money.find(id);
      if (at != money.end()) anomaly.at_risk = at->second;
      anomaly.zh = joined(fault.zh, "；");
      anomaly.en = joined(fault.en, "; ");
      out.push_back(std::move(anomaly));
    }
  }

 private:
  static EventId event_of(OrganisationId id) { return EventId{id.value}; }

  static void look_at_codes(const State& state, Faults& faults) {
    for (const auto& [code, ids] : state.organisations.by_uscc) {
      std::vector<OrganisationId> bodies;
      for (const OrganisationId id : ids) {
        if (state.in_force(id)) bodies.push_back(id);
      }
      if (bodies.empty()) continue;
      if (!state.organisation(bodies.front())->uscc_ok) {
        for (const OrganisationId id : bodies) {
          faults[id].events.push_back(event_of(id));
          faults[id].say("统一社会信用代码校验不符", "the social credit code fails its check");
        }
      }
      if (bodies.size() < 2) continue;
      Fault& fault = faults[bodies.front()];
      for (const OrganisationId id : bodies) fault.events.push_back(event_of(id));
      fault.say(count_of(bodies) + "个组织使用同一统一社会信用代码",
                count_of(bodies) + " bodies use one social credit code");
    }
  }

  // The end of the last rating that had begun by that day; none when it was never rated.
  static const Credential* last_rating(const Organisation& body, Day day) {
    const Credential* last = nullptr;
    for (const Credential& credential : body.credentials) {
      if (!is_kind(credential, Kind::RATING) || credential.valid_from > day) continue;
      if (last == nullptr || credential.valid_to > last->valid_to) last = &credential;
    }
    return last;
  }

  void look_at_ratings(const State& state, Faults& faults) const {
    for (const auto& [id, body] : state.organisations.organisations) {
      if (!state.in_force(id)) continue;
      for (const Credential& credential : body.credentials) {
        const std::int64_t days =
            std::int64_t{credential.valid_to.value} - credential.valid_from.value;
        if (!is_kind(credential, Kind::RATING) || days <= rating_days_) continue;
        faults[id].events.push_back(credential.event);
        faults[id].say("评估等级有效期超过五年", "a rating of more than five years");
      }
    }
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!state.in_force(id)) continue;
      for (const OrganisationId contractor : contract.contractors) {
        const Organisation* body = state.organisation(contractor);
        const Day signed_on = occurred_on(state, EventId{id.value});
        const Credential* rating = body == nullptr ? nullptr : last_rating(*body, signed_on);
        if (rating == nullptr || rating->valid_to >= signed_on) continue;
        Fault& fault = faults[contractor];
        fault.events.push_back(EventId{id.value});
        fault.events.push_back(rating->event);
        fault.say(
            "签订合同时评估等级已于" + to_string(rating->valid_to) + "到期",
            "signed a contract after its rating had expired on " + to_string(rating->valid_to));
      }
    }
  }

  // Not active, and not only while it is being wound up.
  bool was_gone(const State& state, OrganisationId id, Day day) const {
    const auto before = static_cast<std::int64_t>(day.value) - winding_up_days_;
    return !state.organisations.is_active(id, day) &&
           !state.organisations.is_active(
               id, Day{static_cast<std::int32_t>(std::max(before, std::int64_t{INT32_MIN}))});
  }

  void look_at_status(const State& state, Faults& faults) const {
    boost::unordered_flat_set<std::uint64_t> ended;
    for (const auto& [id, body] : state.organisations.organisations) {
      const bool any = std::any_of(
          body.statuses.begin(), body.statuses.end(), [](const OrganisationStatusEntry& entry) {
            const auto status = static_cast<Status>(entry.status);
            return status == Status::SUSPENDED || status == Status::DEREGISTERED;
          });
      if (any && state.in_force(id)) ended.insert(id.value);
    }
    if (ended.empty()) return;
    std::map<OrganisationId, std::vector<EventId>> acts;
    const auto note = [&](std::uint64_t id, Day day, EventId event) {
      if (ended.contains(id) && was_gone(state, OrganisationId{id}, day)) {
        acts[OrganisationId{id}].push_back(event);
      }
    };
    for (const EventType type :
         {EventBody::SESSION_HELD, EventBody::ATTENDANCE_RECORDED, EventBody::SERVICE_DELIVERED,
          EventBody::AGENCY_CASE_OPENED, EventBody::DUTY_CHECKED_IN}) {
      each_row(state, type, [&](const auto& c, std::size_t i) {
        if (c.organisation[i] != 0) note(c.organisation[i], Day{c.day[i]}, EventId{c.event[i]});
      });
    }
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!state.in_force(id)) continue;
      const EventId event{id.value};
      for (const OrganisationId body : contract.contractors) {
        note(body.value, occurred_on(state, event), event);
      }
    }
    each_award(state, [&](const Award& award, std::uint64_t party) {
      note(party, occurred_on(state, award.event), award.event);
    });
    for (auto& [id, events] : acts) {
      std::sort(events.begin(), events.end());
      events.erase(std::unique(events.begin(), events.end()), events.end());
      faults[id].say(
          "在暂停或注销期间仍有" + count_of(events) + "项服务、合同或中选",
          count_of(events) + " deliveries, contracts or awards while suspended or deregistered");
      auto& all = faults[id].events;
      all.insert(all.end(), events.begin(), events.end());
    }
  }

  void look_at_contractors(const State& state, Day today, Faults& faults) const {
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!state.in_force(id)) continue;
      const Day signed_on = occurred_on(state, EventId{id.value});
      for (const OrganisationId contractor : contract.contractors) {
        const Organisation* body = state.organisation(contractor);
        if (body == nullptr) continue;
        const bool coded = !body->uscc.empty();
        const bool late = std::int64_t{today.value} - signed_on.value > account_days_;
        const bool account = std::any_of(
            body->credentials.begin(), body->credentials.end(), [&](const Credential& credential) {
              return is_kind(credential, Kind::BANK_ACCOUNT) && credential.valid_to >= signed_on &&
                     std::int64_t{credential.valid_from.value} - signed_on.value <= account_days_;
            });
        if (coded && (account || !late)) continue;
        Fault& fault = faults[contractor];
        fault.events.push_back(EventId{id.value});
        if (!coded) {
          fault.say("承接方没有统一社会信用代码", "a contractor without a social credit code");
        }
        if (late && !account) {
          fault.say("签约" + number(account_days_) + "天后仍无核验过的银行账户",
                    "no verified bank account " + number(account_days_) + " days after signing");
        }
      }
    }
  }

  template <class Visit>
  static void each_award(const State& state, Visit&& visit) {
    for (const auto& [id, call] : state.calls.calls) {
      for (const Award& award : call.awards) {
        const Proposal* proposal = state.calls.find(award.proposal);
        if (proposal == nullptr) continue;
        for (const ProposalApplicant& applicant : proposal->applicants) {
          visit(award, applicant.party);
        }
      }
    }
  }

  // Values of contracts as contractor, awards, and what was paid without a contract.
  static std::map<OrganisationId, Fen> money_of(const State& state, const Faults& faults) {
    std::map<OrganisationId, Fen> out;
    const auto add = [&](OrganisationId id, Fen amount) {
      if (faults.contains(id)) out[id] = plus(out[id], amount);
    };
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!state.in_force(id)) continue;
      for (const OrganisationId body : contract.contractors) add(body, contract_value(state, id));
    }
    each_award(state, [&](const Award& award, std::uint64_t party) {
      add(OrganisationId{party}, award.amount);
    });
    for (const auto& [id, request] : state.funds.requests) {
      if (!request.contract) add(request.payee, request.net_paid());
    }
    return out;
  }

  std::int64_t rating_days_;
  std::int64_t winding_up_days_;
  std::int64_t account_days_;
};

}  // namespace

std::unique_ptr<Rule> make_organisation(const Parameters& parameters) {
  return std::make_unique<Organisations>(parameters);
}

}  // namespace houniao::rules::institutions
