// Case work is out of reach of every trace (I14), and money that paid for it is whole all the same.
#include <algorithm>

#include "replay/trace.h"
#include "tests/unit/replay/families/cases_world.h"

namespace houniao::testing {
namespace {

constexpr std::uint8_t kPhotoOfAVisit = 0x5a;

class TraceOfCaseWork : public CasesWorld {
 protected:
  TraceOfCaseWork() {
    opened = open_case();
    visited = contact(opened, {.photo = kPhotoOfAVisit});
    const EventId referred = refer(opened, organisation(""), agreed);
    reader = person();
    const EventId granted = grant(reader, opened);
    const EventId seen = read(device_of_reader(reader), opened, granted);
    const EventId reported = report(opened, client);
    secrets = {opened, visited, referred, granted, seen, reported, close(opened)};
    unit = serve({person()});
  }
  static Hash hash_of(std::uint8_t byte) {
    Hash hash;
    hash.bytes.fill(byte);
    return hash;
  }
  EventId attach(EventId to, std::uint8_t byte) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initEvidenceAttached();
      b.setTarget(to.value);
      b.setSha256(to_data(ByteView{Bytes(32, byte)}));
      b.setMime("image/jpeg");
    });
  }
  EventId paid_for(const std::vector<EventId>& causes) {
    const EventId asked = log.add(field, [&](Body e) {
      auto list = e.initCauses(static_cast<unsigned>(causes.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, causes[i].value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initDisbursementRequested();
      b.setFund(fund.value);
      b.setPayee(contractor.value);
      b.setAmountFen(700);
      b.setPurpose("service");
      b.setRegion(440402);
    });
    approve(supervisor, asked);
    return pay(asked, 700);
  }
  void give_money() {
    contractor = organisation();
    verified_account(contractor);
    fund = establish_fund();
    receive(fund, 500'000);
    allocate(fund, 100'000);
  }
  void expect_no_secret(const Trace& trace) const {
    for (const TraceNode& node : trace.nodes) {
      EXPECT_EQ(std::count(secrets.begin(), secrets.end(), EventId{node.id}), 0)
          << name_of(node.kind) << " " << to_string(EventId{node.id});
      EXPECT_NE(node.id, client.value);
      EXPECT_NE(node.id, reader.value);
    }
  }
  static bool has_node(const Trace& trace, TraceKind kind, EventId id) {
    return std::any_of(trace.nodes.begin(), trace.nodes.end(), [&](const TraceNode& node) {
      return node.kind == kind && node.id == id.value;
    });
  }

  std::vector<EventId> secrets;
  EventId opened, visited, reader, unit, contractor, fund;
};

TEST_F(TraceOfCaseWork, no_event_of_case_work_is_a_root) {
  const Tracer tracer(log.state());
  const EventId unknown = event_id(DeviceNumber{4'000}, DeviceSeq{1});
  const std::string of_unknown = tracer.trace(unknown).error().detail;
  for (const EventId secret : secrets) {
    ASSERT_TRUE(log.state().knows(secret)) << to_string(secret);
    const auto trace = tracer.trace(secret);
    ASSERT_FALSE(trace) << to_string(secret);
    EXPECT_EQ(trace.error().code, Errc::not_found);
    std::string said = trace.error().detail;
    said.replace(said.find(to_string(secret)), to_string(secret).size(), to_string(unknown));
    EXPECT_EQ(said, of_unknown) << "the answer does not tell that it is case work";
  }
  EXPECT_TRUE(tracer.trace(unit)) << "what is no case work is traced";
}

TEST_F(TraceOfCaseWork, evidence_that_only_case_work_names_is_not_found) {
  attach(opened, 0x5b);
  const auto& evidence = log.state().services.evidence;
  for (const std::uint8_t byte : {kPhotoOfAVisit, std::uint8_t{0x5b}}) {
    ASSERT_TRUE(evidence.contains(hash_of(byte))) << "the log has it";
    EXPECT_EQ(Tracer(log.state()).trace(hash_of(byte)).error().code, Errc::not_found);
  }
}

TEST_F(TraceOfCaseWork, evidence_that_a_service_names_too_leads_to_the_service_alone) {
  attach(unit, kPhotoOfAVisit);
  const Trace trace = Tracer(log.state()).trace(hash_of(kPhotoOfAVisit)).value();
  EXPECT_TRUE(has_node(trace, TraceKind::unit, unit));
  expect_no_secret(trace);
}

TEST_F(TraceOfCaseWork, a_person_with_a_case_is_traced_without_it) {
  serve({client});
  const Trace trace = Tracer(log.state()).trace(client).value();
  for (const TraceNode& node : trace.nodes) {
    EXPECT_EQ(std::count(secrets.begin(), secrets.end(), EventId{node.id}), 0);
  }
}

TEST_F(TraceOfCaseWork, a_payment_for_case_work_is_counted_and_names_none_of_it) {
  give_money();
  const EventId mixed = paid_for({unit, visited});
  const EventId alone = paid_for({visited});
  ASSERT_TRUE(in_force(mixed)) << why(mixed);
  ASSERT_TRUE(in_force(alone)) << why(alone);
  const Tracer tracer(log.state());
  EXPECT_EQ(tracer.units_of(PaymentId{mixed.value}), std::vector<EventId>{unit});
  EXPECT_EQ(tracer.units_withheld(PaymentId{mixed.value}), 1u);
  EXPECT_TRUE(tracer.units_of(PaymentId{alone.value}).empty());
  EXPECT_TRUE(tracer.payments_of(visited).empty());
  const Trace trace = tracer.trace(alone).value();
  EXPECT_TRUE(trace.unexplained.empty()) << "the log does say what it paid for";
  EXPECT_EQ(trace.totals.units, 1u);
  EXPECT_EQ(trace.totals.units_withheld, 1u);
  expect_no_secret(trace);
  const TraceTotals totals = tracer.trace(fund).value().totals;
  EXPECT_EQ(totals.paid, log.state().ledger.fund(FundId{fund.value}).paid);
  EXPECT_EQ(totals.units, 2u) << "one visit that two payments name is one unit";
  EXPECT_EQ(totals.units_withheld, 1u);
}

TEST_F(TraceOfCaseWork, a_milestone_that_bills_case_work_is_counted_and_names_none_of_it) {
  give_money();
  const EventId contract = sign_contract(organisation("91350211M000100Y46"), contractor, fund, {});
  allocate(fund, 300'000, contract);
  const EventId milestone = submit(contract, 2, {unit, visited});
  ASSERT_TRUE(in_force(milestone)) << why(milestone);
  ASSERT_TRUE(log.state().contracts.billed.contains(visited)) << "it is billed";
  const Trace trace = Tracer(log.state()).trace(contract).value();
  EXPECT_TRUE(has_node(trace, TraceKind::unit, unit));
  EXPECT_EQ(trace.totals.units, 2u);
  EXPECT_EQ(trace.totals.units_withheld, 1u);
  expect_no_secret(trace);
}

}  // namespace
}  // namespace houniao::testing
