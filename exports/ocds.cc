#include "exports/ocds.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "exports/ocds_facts.h"
#include "exports/ocds_merge.h"
#include "exports/text.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

using Body = schema::Event::Body;

Json value_of(Fen amount) { return {{"amount", json_amount(amount)}, {"currency", "CNY"}}; }

std::string date_of(Day day) { return to_rfc3339(start_of(day)); }

Json period_of(Day from, Day to) {
  Json out = Json::object();
  if (from.value != 0) out["startDate"] = date_of(from);
  if (to.value != 0 && to != kOpenEnd) out["endDate"] = date_of(to);
  return out;
}

// One contracting process while its releases are made, in the order of the log.
class Process {
 public:
  Process(const State& state, const OcdsOptions& options, std::uint64_t root)
      : state_(state), options_(options), ocid_(options.ocid_prefix + "-" + id_text(root)) {}

  const std::string& ocid() const { return ocid_; }
  const std::vector<Json>& releases() const { return releases_; }

  void call_opened(const PurchaseEvent& event, const Call& call);
  void award_decided(const PurchaseEvent& event, const Call& call, const Award& award);
  void contract_signed(const PurchaseEvent& event, const Contract& contract,
                       const PurchaseEvent* award);
  void contract_amended(const PurchaseEvent& event, const Contract& contract);
  void milestone(const PurchaseEvent& event, const Milestone& milestone);
  void payment(const PurchaseEvent& event, const Payment& payment, bool reversed);
  void contract_closed(const PurchaseEvent& event, const Contract& contract);

 private:
  Json start(const PurchaseEvent& event, std::vector<std::string> tags) const {
    return {{"ocid", ocid_},
            {"id", ocid_ + "-" + to_string(event.id)},
            {"date", rfc3339_exact(event.received)},
            {"tag", std::move(tags)},
            {"initiationType", "tender"},
            {"language", "zh"}};
  }
  // Adds who took part since the last release, each with every role so far: a list of texts is
  // replaced as a whole when releases are merged.
  void finish(Json release) {
    if (!touched_.empty()) {
      Json parties = Json::array();
      for (const std::uint64_t id : touched_) parties.push_back(party(id));
      release["parties"] = std::move(parties);
      touched_.clear();
    }
    releases_.push_back(std::move(release));
  }
  Json reference(std::uint64_t id, const char* role);
  Json party(std::uint64_t id) const;
  std::string name_of(std::uint64_t id) const;
  template <class List>
  Json references(const List& ids, const char* role) {
    Json out = Json::array();
    for (const auto& id : ids) out.push_back(reference(id.value, role));
    return out;
  }
  Json items_of(const Contract& contract) const;
  Json budget_of(Fen amount, FundId fund) const;
  // {"id", "awardID"} of a contract, as every mention of it needs.
  Json mention(ContractId contract) const {
    const auto award = award_of_.find(contract.value);
    const std::string awarded =
        award == award_of_.end() ? id_text(contract) + "-award" : award->second;
    return {{"id", id_text(contract)}, {"awardID", awarded}};
  }
  std::vector<std::string> implementation_tag(ContractId contract) {
    return {under_way_.insert(contract.value).second ? "implementation" : "implementationUpdate"};
  }

  const State& state_;
  const OcdsOptions& options_;
  std::string ocid_;
  std::vector<Json> releases_;
  std::map<std::uint64_t, std::set<std::string>> roles_;
  std::set<std::uint64_t> touched_;
  std::map<std::uint64_t, std::string> award_of_;
  std::map<std::uint64_t, Fen> value_of_;
  std::set<std::uint64_t> under_way_;
};

Json Process::reference(std::uint64_t id, const char* role) {
  roles_[id].insert(role);
  touched_.insert(id);
  return {{"id", id_text(id)}, {"name", name_of(id)}};
}

std::string Process::name_of(std::uint64_t id) const {
  const Organisation* organisation = state_.organisation(OrganisationId{id});
  if (organisation == nullptr) return "自然人 / natural person";
  return organisation->name.empty() ? id_text(id) : organisation->name;
}

Json Process::party(std::uint64_t id) const {
  Json out = {{"id", id_text(id)}, {"name", name_of(id)}};
  const Organisation* organisation = state_.organisation(OrganisationId{id});
  if (organisation != nullptr && organisation->uscc_ok) {
    out["identifier"] = {
        {"scheme", "CN-USCC"}, {"id", organisation->uscc}, {"legalName", organisation->name}};
  }
  if (organisation != nullptr && organisation->region != 0) {
    out["address"] = {{"region", std::to_string(organisation->region)}, {"countryName", "中国"}};
  }
  out["roles"] = roles_.at(id);
  return out;
}

Json Process::items_of(const Contract& contract) const {
  Json items = Json::array();
  for (const Deliverable& line : contract.deliverables) {
    Json item = {{"id", std::string(state_.symbols().text(line.code))},
                 {"description", std::string(state_.symbols().text(line.kind))},
                 {"quantity", line.quantity}};
    item["unit"] = {{"name", std::string(state_.symbols().text(line.unit))},
                    {"value", value_of(line.unit_price)}};
    items.push_back(std::move(item));
  }
  return items;
}

Json Process::budget_of(Fen amount, FundId id) const {
  Json budget = Json::object();
  if (amount.value > 0) budget["amount"] = value_of(amount);
  if (const Fund* fund = state_.funds.find(id); fund != nullptr) {
    budget["id"] = id_text(id);
    budget["description"] =
        fund->name.empty() ? std::string(state_.symbols().text(fund->code)) : fund->name;
  }
  return budget;
}

void Process::call_opened(const PurchaseEvent& event, const Call& call) {
  Json release = start(event, {"planning", "tender"});
  if (Json budget = budget_of(call.budget, call.fund); !budget.empty()) {
    release["planning"] = {{"budget", std::move(budget)}};
  }
  if (call.organiser) release["buyer"] = reference(call.organiser.value, "buyer");
  Json tender = {{"id", id_text(call.id)},
                 {"title", call.title},
                 {"status", "active"},
                 {"procurementMethodDetails", std::string(name_of_call_kind(call.kind))}};
  const auto kind = static_cast<schema::CallOpened::Kind>(call.kind);
  if (kind == schema::CallOpened::Kind::CONTEST || kind == schema::CallOpened::Kind::TENDER) {
    tender["procurementMethod"] = "open";
  }
  if (call.budget.value > 0) tender["value"] = value_of(call.budget);
  if (Json period = period_of(call.opens, call.deadline); !period.empty()) {
    tender["tenderPeriod"] = std::move(period);
  }
  if (!call.co_organisers.empty()) references(call.co_organisers, "procuringEntity");
  release["tender"] = std::move(tender);
  finish(std::move(release));
}

void Process::award_decided(const PurchaseEvent& event, const Call& call, const Award& award) {
  Json release = start(event, {"award"});
  Json out = {{"id", to_string(award.event)},
              {"status", "active"},
              {"date", date_of(event.day)},
              {"value", value_of(award.amount)}};
  if (!event.reason.empty()) out["description"] = event.reason;
  const Proposal* proposal = state_.calls.find(award.proposal);
  if (proposal != nullptr) {
    out["title"] = proposal->title;
    Json suppliers = Json::array();
    for (const ProposalApplicant& applicant : proposal->applicants) {
      suppliers.push_back(reference(applicant.party, "supplier"));
    }
    out["suppliers"] = std::move(suppliers);
  }
  std::set<std::uint64_t> tenderers;
  for (const ProposalId id : call.proposals) {
    const Proposal* each = state_.calls.find(id);
    if (each == nullptr) continue;
    for (const ProposalApplicant& applicant : each->applicants) tenderers.insert(applicant.party);
  }
  release["tender"] = {
      {"id", id_text(call.id)}, {"status", "complete"}, {"numberOfTenderers", tenderers.size()}};
  release["awards"] = Json::array({std::move(out)});
  finish(std::move(release));
}

void Process::contract_signed(const PurchaseEvent& event, const Contract& contract,
                              const PurchaseEvent* award) {
  Json release = start(event, award != nullptr ? std::vector<std::string>{"contract"}
                                               : std::vector<std::string>{"award", "contract"});
  if (award != nullptr) award_of_[contract.id.value] = to_string(award->id);
  value_of_[contract.id.value] = contract.signed_amount;
  if (contract.buyer) release["buyer"] = reference(contract.buyer.value, "buyer");
  Json suppliers = references(contract.contractors, "supplier");
  if (award == nullptr) {
    release["awards"] = Json::array({{{"id", mention(contract.id)["awardID"]},
                                      {"title", contract.number},
                                      {"status", "active"},
                                      {"date", date_of(event.day)},
                                      {"value", value_of(contract.signed_amount)},
                                      {"suppliers", std::move(suppliers)}}});
  }
  if (!contract.funds.empty()) {
    release["planning"] = {{"budget", budget_of(Fen{0}, contract.funds.front())}};
  }
  Json out = mention(contract.id);
  out["title"] = contract.number;
  out["status"] = "active";
  if (Json period = period_of(contract.from, contract.to); !period.empty()) {
    out["period"] = std::move(period);
  }
  out["value"] = value_of(contract.signed_amount);
  out["dateSigned"] = date_of(event.day);
  out["items"] = items_of(contract);
  release["contracts"] = Json::array({std::move(out)});
  finish(std::move(release));
}

void Process::contract_amended(const PurchaseEvent& event, const Contract& contract) {
  Json release = start(event, {"contractAmendment"});
  Fen& value = value_of_[contract.id.value];
  value = checked_add(value, Fen{event.amount_fen}).value_or(value);
  Json out = mention(contract.id);
  out["value"] = value_of(value);
  const auto amendment =
      std::find_if(contract.amendments.begin(), contract.amendments.end(),
                   [&](const Amendment& each) { return each.event == event.id; });
  if (amendment != contract.amendments.end() && amendment->to.value != 0) {
    out["period"] = period_of(Day{0}, amendment->to);
  }
  Json entry = {{"id", to_string(event.id)}, {"date", date_of(event.day)}};
  if (!event.reason.empty()) entry["rationale"] = event.reason;
  if (!event.disclosure.empty()) entry["description"] = event.disclosure;
  entry["releaseID"] = release["id"];
  out["amendments"] = Json::array({std::move(entry)});
  release["contracts"] = Json::array({std::move(out)});
  finish(std::move(release));
}

void Process::milestone(const PurchaseEvent& event, const Milestone& milestone) {
  Json release = start(event, implementation_tag(milestone.contract));
  Json out = {{"id", id_text(milestone.id)}, {"type", "delivery"}};
  std::string lines;
  for (const MilestoneLine& line : milestone.lines) {
    if (!lines.empty()) lines += "; ";
    lines +=
        std::string(state_.symbols().text(line.deliverable)) + " " + std::to_string(line.quantity);
  }
  out["title"] = "阶段成果 / milestone " + id_text(milestone.id);
  if (event.type == static_cast<std::uint16_t>(Body::MILESTONE_REVIEWED)) {
    const bool met = event.refused == 0 && event.accepted > 0;
    out["status"] = met ? "met" : event.accepted > 0 ? "partiallyMet" : "notMet";
    if (met) out["dateMet"] = date_of(event.day);
  } else {
    out["description"] = lines;
    out["status"] = "scheduled";
  }
  out["dateModified"] = date_of(event.day);
  Json contract = mention(milestone.contract);
  contract["implementation"] = {{"milestones", Json::array({std::move(out)})}};
  release["contracts"] = Json::array({std::move(contract)});
  finish(std::move(release));
}

void Process::payment(const PurchaseEvent& event, const Payment& payment, bool reversed) {
  const Request* request = state_.funds.find_request(payment.request);
  if (request == nullptr) return;
  Json release = start(event, implementation_tag(request->contract));
  Json out = {{"id", to_string(event.id)},
              {"source", "//" + options_.origin + "/events/" + to_string(event.id)},
              {"date", date_of(event.day)},
              {"value", value_of(Fen{reversed ? -event.amount_fen : event.amount_fen})}};
  if (const Fund* fund = state_.funds.find(request->fund); fund != nullptr && fund->owner) {
    out["payer"] = reference(fund->owner.value, "payer");
  }
  if (request->payee) out["payee"] = reference(request->payee.value, "payee");
  Json contract = mention(request->contract);
  contract["implementation"] = {{"transactions", Json::array({std::move(out)})}};
  release["contracts"] = Json::array({std::move(contract)});
  finish(std::move(release));
}

void Process::contract_closed(const PurchaseEvent& event, const Contract& contract) {
  Json release = start(event, {"contractTermination"});
  Json out = mention(contract.id);
  out["status"] = "terminated";
  if (contract.closed_on.value != 0) out["period"] = period_of(Day{0}, contract.closed_on);
  release["contracts"] = Json::array({std::move(out)});
  finish(std::move(release));
}

// --- which event belongs to which process
// ---------------------------------------------------------

class Processes {
 public:
  Processes(const State& state, const PurchaseEvents& events, const Scope& scope,
            const OcdsOptions& options)
      : state_(state), events_(events), scope_(scope), options_(options) {
    for (const PurchaseEvent& event : events.events) take(event);
  }
  const std::map<std::uint64_t, Process>& all() const { return processes_; }
  // not_found when the one process that was asked for is none of the log's; one that lies outside
  // of the scope is there, and merely has nothing to tell.
  Result<void> check_asked() const {
    if (options_.process == 0 || asked_is_there_) return {};
    return fail(Errc::not_found, "no contracting process " + id_text(options_.process) +
                                     ": it goes by the id of its call, or of a contract that no "
                                     "call led to");
  }

 private:
  // nullptr when the process is outside of what was asked for.
  Process* process(std::uint64_t root) {
    if (const auto at = processes_.find(root); at != processes_.end()) return &at->second;
    if (options_.process != 0 && options_.process != root) return nullptr;
    const PurchaseEvent* first = events_.find(root);
    if (first == nullptr) return nullptr;
    asked_is_there_ = true;
    if (!scope_.has(first->programme, first->day)) return nullptr;
    return &processes_.try_emplace(root, state_, options_, root).first->second;
  }
  Process* process_of(ContractId contract) {
    const auto root = root_of_.find(contract.value);
    return root == root_of_.end() ? nullptr : process(root->second);
  }

  void take(const PurchaseEvent& event);
  void take_contract(const PurchaseEvent& event);
  void take_payment(const PurchaseEvent& event);

  const State& state_;
  const PurchaseEvents& events_;
  const Scope& scope_;
  const OcdsOptions& options_;
  std::map<std::uint64_t, std::uint64_t> root_of_;  // contract -> call or itself
  std::map<std::uint64_t, Process> processes_;
  bool asked_is_there_ = false;
};

void Processes::take_contract(const PurchaseEvent& event) {
  const Contract* contract = state_.contracts.find(entity_cast<ContractId>(event.id));
  if (contract == nullptr) return;
  std::uint64_t root = event.id.value;
  const PurchaseEvent* award = nullptr;
  for (const std::uint64_t id : event.causes) {
    const PurchaseEvent* cause = events_.find(id);
    if (cause == nullptr) continue;
    if (cause->type == static_cast<std::uint16_t>(Body::AWARD_DECIDED)) {
      award = cause;
      root = cause->target;
      break;
    }
    if (cause->type == static_cast<std::uint16_t>(Body::CALL_OPENED)) root = id;
    if (cause->type == static_cast<std::uint16_t>(Body::PROPOSAL_SUBMITTED)) root = cause->target;
  }
  root_of_[event.id.value] = root;
  if (Process* found = process(root)) found->contract_signed(event, *contract, award);
}

void Processes::take_payment(const PurchaseEvent& event) {
  const bool reversed = event.type == static_cast<std::uint16_t>(Body::DISBURSEMENT_REVERSED);
  const Payment* payment =
      state_.funds.find_payment(PaymentId{reversed ? event.target : event.id.value});
  const Request* request =
      payment == nullptr ? nullptr : state_.funds.find_request(payment->request);
  if (request == nullptr || !request->contract) return;
  if (Process* found = process_of(request->contract)) found->payment(event, *payment, reversed);
}

void Processes::take(const PurchaseEvent& event) {
  switch (static_cast<EventType>(event.type)) {
    case Body::CALL_OPENED: {
      const Call* call = state_.calls.find(entity_cast<CallId>(event.id));
      Process* found = call == nullptr ? nullptr : process(event.id.value);
      if (found != nullptr) found->call_opened(event, *call);
      return;
    }
    case Body::AWARD_DECIDED: {
      const Call* call = state_.calls.find(CallId{event.target});
      Process* found = call == nullptr ? nullptr : process(event.target);
      if (found == nullptr) return;
      for (const Award& award : call->awards) {
        if (award.event == event.id) found->award_decided(event, *call, award);
      }
      return;
    }
    case Body::CONTRACT_SIGNED:
      return take_contract(event);
    case Body::CONTRACT_AMENDED:
    case Body::CONTRACT_CLOSED: {
      const Contract* contract = state_.contracts.find(ContractId{event.target});
      Process* found = contract == nullptr ? nullptr : process_of(contract->id);
      if (found == nullptr) return;
      if (static_cast<EventType>(event.type) == Body::CONTRACT_AMENDED) {
        return found->contract_amended(event, *contract);
      }
      return found->contract_closed(event, *contract);
    }
    case Body::MILESTONE_SUBMITTED:
    case Body::MILESTONE_REVIEWED: {
      const bool submitted = static_cast<EventType>(event.type) == Body::MILESTONE_SUBMITTED;
      const Milestone* milestone =
          state_.contracts.find_milestone(MilestoneId{submitted ? event.id.value : event.target});
      Process* found = milestone == nullptr ? nullptr : process_of(milestone->contract);
      if (found != nullptr) found->milestone(event, *milestone);
      return;
    }
    case Body::DISBURSEMENT_PAID:
    case Body::DISBURSEMENT_REVERSED:
      return take_payment(event);
    default:
      return;
  }
}

// --- packages
// -------------------------------------------------------------------------------------

// The members of a package before its list, without the closing brace.
std::string package_start(const State& state, const OcdsOptions& options, const char* kind) {
  Json head = {{"uri", "https://" + options.origin + "/ocds/" + kind},
               {"version", "1.1"},
               {"publishedDate", to_rfc3339(state.last_received)},
               {"publisher", {{"name", options.publisher}}}};
  std::string text = dump(head);
  text.pop_back();
  return text;
}

}  // namespace

Result<void> write_ocds_releases(const State& state, const EventSource& source, TreeSize end,
                                 const Scope& scope, const OcdsOptions& options, const Sink& sink) {
  const auto events = gather_purchase_events(state, source, end);
  if (!events) return events.error();
  const Processes processes(state, *events, scope, options);
  HOUNIAO_TRY(processes.check_asked());
  TextOut out(sink);
  out.put(package_start(state, options, "releases") + ",\"releases\":");
  JsonArrayOut items(out);
  for (const auto& [root, process] : processes.all()) {
    if (items.stopped()) break;
    for (const Json& release : process.releases()) items.item(release);
  }
  items.end();
  out.put("}\n");
  return {};
}

Result<void> write_ocds_records(const State& state, const EventSource& source, TreeSize end,
                                const Scope& scope, const OcdsOptions& options, const Sink& sink) {
  const auto events = gather_purchase_events(state, source, end);
  if (!events) return events.error();
  const Processes processes(state, *events, scope, options);
  HOUNIAO_TRY(processes.check_asked());
  TextOut out(sink);
  out.put(package_start(state, options, "records") + ",\"records\":");
  JsonArrayOut items(out);
  for (const auto& [root, process] : processes.all()) {
    if (items.stopped()) break;
    if (process.releases().empty()) continue;
    auto compiled = compiled_release(process.releases());
    if (!compiled) return compiled.error();
    Json record;
    record["ocid"] = process.ocid();
    record["releases"] = process.releases();
    record["compiledRelease"] = std::move(*compiled);
    items.item(record);
  }
  items.end();
  out.put("}\n");
  return {};
}

}  // namespace houniao::exports
