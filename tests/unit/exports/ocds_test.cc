// Contracting processes out of a log: which releases there are, and that the compiled release comes
// to what the ledger says.
#include "exports/ocds.h"

#include <set>

#include "exports/text.h"
#include "tests/unit/exports/exported.h"
#include "tests/unit/replay/families/calls_world.h"

namespace houniao::testing {
namespace {

using exports::Json;

class Ocds : public CallsWorld {
 protected:
  Ocds() {
    fund = establish_fund();
    receive(fund, 500'000);
    contractor = organisation();
    verified_account(contractor);
  }
  EventId contract_with_payment() {
    const EventId contract = sign_contract(organiser, contractor, fund, {});
    allocate(fund, 400'000, contract);
    accept(contract, 40);
    const EventId asked =
        request({.fund = fund, .contract = contract, .payee = contractor, .fen = 25'050});
    approve(supervisor, asked);
    paid = pay(asked, 25'050);
    EXPECT_IN_FORCE(paid);
    return contract;
  }
  Json records(const exports::OcdsOptions& options = {}) {
    Written out;
    const BuilderSource source(log);
    EXPECT_TRUE(
        exports::write_ocds_records(log.state(), source, size_of(log), {}, options, out.sink()));
    return out.json().at("records");
  }
  static std::vector<std::string> tags_of(const Json& record) {
    std::vector<std::string> out;
    for (const Json& release : record.at("releases")) {
      for (const Json& tag : release.at("tag")) out.push_back(tag);
    }
    return out;
  }

  EventId fund, contractor, paid;
};

TEST_F(Ocds, a_process_that_there_is_not_is_not_found_and_nothing_is_written) {
  const EventId contract = contract_with_payment();
  const BuilderSource source(log);
  for (const EventId id : {EventId{99}, paid, EventId{contract.value + 100'000}}) {
    exports::OcdsOptions options;
    options.process = id.value;
    Written out;
    for (const auto write : {exports::write_ocds_records, exports::write_ocds_releases}) {
      const auto refused = write(log.state(), source, size_of(log), {}, options, out.sink());
      ASSERT_FALSE(refused) << to_string(id);
      EXPECT_EQ(refused.error().code, Errc::not_found);
    }
    EXPECT_TRUE(out.text.empty());
  }
  exports::OcdsOptions options;
  options.process = contract.value;
  EXPECT_EQ(records(options).size(), 1U);
}

TEST_F(Ocds, a_contract_without_a_call_is_a_process_of_its_own_with_an_award) {
  const EventId contract = contract_with_payment();
  const Json all = records();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].at("ocid"), "ocds-houniao-" + to_string(contract));
  const std::vector<std::string> wanted = {"award", "contract", "implementation",
                                           "implementationUpdate", "implementationUpdate"};
  EXPECT_EQ(tags_of(all[0]), wanted);
}

TEST_F(Ocds, the_compiled_release_agrees_with_the_ledger) {
  const EventId contract = contract_with_payment();
  const EventId back = reverse(paid, 1'005);
  ASSERT_TRUE(in_force(back)) << why(back);
  const Json record = records()[0];
  const Json& compiled = record.at("compiledRelease");
  ASSERT_EQ(compiled.at("contracts").size(), 1u);
  const Json& out = compiled.at("contracts")[0];
  EXPECT_EQ(out.at("value").at("amount"), 1000);
  EXPECT_EQ(out.at("awardID"), compiled.at("awards")[0].at("id"));
  EXPECT_EQ(out.at("implementation").at("milestones")[0].at("status"), "met");
  std::vector<std::string> amounts;
  for (const Json& each : out.at("implementation").at("transactions")) {
    amounts.push_back(exports::dump(each.at("value").at("amount")));
  }
  EXPECT_EQ(amounts, (std::vector<std::string>{"250.5", "-10.05"}));
  const ContractTotals totals = log.state().ledger.contract(entity_cast<ContractId>(contract));
  EXPECT_EQ(totals.net_paid().value, 25'050 - 1'005);
}

TEST_F(Ocds, every_organisation_that_is_mentioned_is_a_party_with_all_its_roles) {
  contract_with_payment();
  const Json compiled = records()[0].at("compiledRelease");
  std::set<std::string> parties;
  for (const Json& party : compiled.at("parties")) parties.insert(party.at("id"));
  EXPECT_TRUE(parties.contains(compiled.at("buyer").at("id")));
  for (const Json& supplier : compiled.at("awards")[0].at("suppliers")) {
    EXPECT_TRUE(parties.contains(supplier.at("id")));
  }
  for (const Json& party : compiled.at("parties")) {
    if (party.at("id") != to_string(contractor)) continue;
    EXPECT_EQ(party.at("roles"), Json::array({"payee", "supplier"}));
    EXPECT_EQ(party.at("identifier").at("scheme"), "CN-USCC");
  }
}

TEST_F(Ocds, a_contract_that_names_an_award_belongs_to_the_process_of_its_call) {
  const EventId call = open_call();
  const EventId proposal = submit(call, alpha);
  const EventId awarded = award(call, proposal);
  ASSERT_TRUE(in_force(awarded)) << why(awarded);
  const EventId contract = log.add(finance, [&](Body e) {
    e.initCauses(1).set(0, awarded.value);
    auto b = e.initBody().initContractSigned();
    b.setNumber("HT-2");
    b.setBuyer(organiser.value);
    b.initContractors(1).set(0, alpha.value);
    b.setAmountFen(10'000);
    b.setFromDay(10'000);
    b.setToDay(kOpen);
  });
  ASSERT_TRUE(in_force(contract)) << why(contract);
  const Json all = records();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].at("ocid"), "ocds-houniao-" + to_string(call));
  EXPECT_EQ(tags_of(all[0]), (std::vector<std::string>{"planning", "tender", "award", "contract"}));
  const Json& compiled = all[0].at("compiledRelease");
  EXPECT_EQ(compiled.at("contracts")[0].at("awardID"), to_string(awarded));
  EXPECT_EQ(compiled.at("tender").at("numberOfTenderers"), 1);
}

TEST_F(Ocds, what_was_retracted_is_in_no_release) {
  const EventId call = open_call();
  EXPECT_EQ(records().size(), 1u);
  const EventId taken = retract(call);
  ASSERT_TRUE(in_force(taken)) << why(taken);
  EXPECT_TRUE(records().empty());
}

TEST_F(Ocds, one_process_can_be_asked_for_alone) {
  contract_with_payment();
  open_call();
  EXPECT_EQ(records().size(), 2u);
  exports::OcdsOptions options;
  options.process = EventId{open_call()}.value;
  options.ocid_prefix = "ocds-abc123";
  const Json only = records(options);
  ASSERT_EQ(only.size(), 1u);
  EXPECT_TRUE(only[0].at("ocid").get<std::string>().starts_with("ocds-abc123-"));
}

}  // namespace
}  // namespace houniao::testing
