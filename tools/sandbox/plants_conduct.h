// What the plants of the rules A14 to A27 share, beside the short forms of plants_deliveries.h.
// Internal to tools/sandbox; each puts one event on the pile of a tablet. One thread.
#pragma once

#include <string>
#include <vector>

#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox::conduct {

using deliveries::day;
using deliveries::event_of;
using deliveries::Ids;
using deliveries::Plants;
using deliveries::Stamp;
using stage::Body;
using stage::days_after;
using stage::kSyncTimeout;
using stage::on;
using stage::Tablet;

// Appends the plants of one rule.
class Key {
 public:
  Key(Plants& out, std::uint16_t rule) : out_(out), rule_(rule) {}
  void fraud(std::string zh, std::string en, Ids events) {
    deliveries::fraud(out_, rule_, std::move(zh), std::move(en), std::move(events));
  }
  void honest(std::string zh, std::string en, Ids events) {
    deliveries::honest(out_, rule_, std::move(zh), std::move(en), std::move(events));
  }

 private:
  Plants& out_;
  std::uint16_t rule_;
};

// A programme of its own below the yard's, so that nothing else that is planted counts in it.
ProgrammeId open_below(Yard& yard, const std::string& code, std::uint32_t region = 440402);
// A member of staff of that employer who holds a tablet of the yard.
Result<Tablet*> office(Yard& yard, const std::string& label, schema::Role role,
                       OrganisationId employer, PersonId person = {});

struct Meeting {
  Day when;
  std::uint32_t headcount = 20;
  ProgrammeId programme = {};  // none: the yard's
  Tablet* tablet = nullptr;    // none: the first worker's
  std::string kind = "weekend_class";
};
EventId hold(Yard& yard, const Meeting& meeting);

// A request for money out of `fund` for a payee of the yard, without a contract.
stage::RequestDraft bill(FundId fund, OrganisationId payee, std::int64_t fen,
                         const std::string& purpose = "service");

// A contract whose deliveries were made, claimed, accepted and, on request, paid.
struct Delivered {
  ContractId contract;
  MilestoneId milestone;
  Ids units;
  PaymentId payment;
};
struct Purchase {
  Day from;
  std::int64_t units = 5;
  std::int64_t price_fen = 20'300;
  bool paid = true;
};
Result<Delivered> deliver(Yard& yard, const Purchase& purchase);

}  // namespace houniao::sandbox::conduct

namespace houniao::sandbox {

Result<void> plant_a14(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a15(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a16(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a17(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a18(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a19(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a20(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a21(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a22(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a23(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a24(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a25(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a26(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a27(Yard& yard, std::vector<Plant>& out);

}  // namespace houniao::sandbox
