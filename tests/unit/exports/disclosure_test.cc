// What may leave: every id of every event type is known to be one, case work never appears, and
// children are not named.
#include "exports/disclosure.h"

#include <capnp/dynamic.h>

#include <set>

#include "exports/cloud_events.h"
#include "exports/facts_csv.h"
#include "exports/ocel_json.h"
#include "tests/unit/exports/exported.h"
#include "tests/unit/replay/families/cases_world.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using exports::Disclosure;

// Members of the type UInt64, and lists of them, that hold ids.
const std::set<std::string>& id_members() {
  static const std::set<std::string> kIds = {"access",        "agenda",      "agreement",
                                             "approver",      "asset",       "attendees",
                                             "body",          "borrower",    "buyer",
                                             "byGuardian",    "call",        "case",
                                             "claim",         "client",      "closes",
                                             "coOrganisers",  "collector",   "consent",
                                             "contract",      "contractors", "counterparty",
                                             "demand",        "demands",     "duty",
                                             "elected",       "employer",    "evaluator",
                                             "events",        "evidence",    "finding",
                                             "first",         "fund",        "funds",
                                             "group",         "handler",     "handover",
                                             "head",          "holder",      "holderOrganisation",
                                             "hours",         "insured",     "invited",
                                             "invoice",       "issuer",      "item",
                                             "keepers",       "leader",      "lease",
                                             "location",      "member",      "milestone",
                                             "obligation",    "operator",    "order",
                                             "organisation",  "organiser",   "owner",
                                             "panel",         "parent",      "parties",
                                             "partners",      "party",       "payee",
                                             "payer",         "payment",     "person",
                                             "persons",       "planned",     "programme",
                                             "proof",         "proposal",    "rated",
                                             "rater",         "reader",      "recipient",
                                             "record",        "referredBy",  "replaces",
                                             "reportedBy",    "request",     "requester",
                                             "residenceSite", "responsible", "reviewers",
                                             "scorer",        "second",      "session",
                                             "signers",       "site",        "staff",
                                             "subject",       "successor",   "supervisor",
                                             "target",        "team",        "to",
                                             "units",         "volunteer",   "worker"};
  return kIds;
}

void collect(capnp::StructSchema schema, std::set<std::string>& out, int depth = 0) {
  if (depth > 4) return;
  for (const auto field : schema.getFields()) {
    const auto name = field.getProto().getName();
    const auto type = field.getType();
    const bool list = type.isList();
    const auto item = list ? type.asList().getElementType() : type;
    if (item.isUInt64()) out.insert(std::string(name.begin(), name.size()));
    if (item.isStruct()) collect(item.asStruct(), out, depth + 1);
  }
}

std::set<std::string> wide_members() {
  std::set<std::string> out;
  const auto body = capnp::Schema::from<schema::Event>().asStruct().getFieldByName("body");
  collect(body.getType().asStruct(), out);
  return out;
}

TEST(Disclosure, every_wide_member_of_every_event_is_known_to_be_an_id_or_a_number) {
  const std::set<std::string> members = wide_members();
  EXPECT_GT(members.size(), 80u);
  for (const std::string& name : members) {
    EXPECT_NE(exports::is_number_member(name), id_members().contains(name))
        << name << ": say in exports/disclosure.cc or here what it is";
  }
}

class CaseWork : public CasesWorld {
 protected:
  std::string everything() {
    Written out;
    const BuilderSource source(log);
    EXPECT_TRUE(exports::write_cloud_batch(log.state(), source, Seq{0}, size_of(log), {},
                                           "test/log", 10'000, out.sink()));
    EXPECT_TRUE(exports::write_ocel_json(log.state(), source, size_of(log), {}, out.sink()));
    exports::write_facts(log.state(), {}, exports::ByteOrderMark::none, out.sink());
    return out.text;
  }
};

TEST_F(CaseWork, never_leaves_in_any_format_nor_does_what_names_it) {
  const EventId file = open_case(usual());
  ASSERT_TRUE(log.state().in_force(file));
  const EventId doubt = log.add(reviewer, [&](Body e) {
    auto b = e.initBody().initEvidenceAttached();
    b.setTarget(file.value);
    b.setMime("image/jpeg");
  });
  const std::string text = everything();
  EXPECT_FALSE(contains(text, quoted_id(file))) << "the case";
  EXPECT_FALSE(contains(text, quoted_id(doubt))) << "what names the case";
  EXPECT_FALSE(contains(text, "case_opened"));
  EXPECT_FALSE(contains(text, "\"CaseOpened\""));
  EXPECT_FALSE(contains(text, ".CaseOpened"));
  EXPECT_FALSE(contains(text, "out_of_school"));
}

TEST_F(CaseWork, canary_an_open_event_does_leave) {
  const EventId contractor = organisation();
  EXPECT_TRUE(contains(everything(), quoted_id(contractor)));
}

TEST_F(CaseWork, a_child_is_not_named_and_a_person_is_only_an_id) {
  PersonOptions options;
  options.under14 = true;
  const EventId child = register_person(log, field, options);
  const EventId grown = register_person(log, field);
  const EventId served = serve({child, grown});
  const std::string text = everything();
  EXPECT_FALSE(contains(text, quoted_id(child) + ",\"qualifier\""));
  EXPECT_FALSE(contains(text, "person/" + to_string(child) + "\""));
  EXPECT_FALSE(contains(text, quoted_id(child))) << "nor as the id of the event that registers";
  EXPECT_FALSE(contains(text, "\n" + to_string(child) + ","));
  EXPECT_FALSE(contains(text, "," + to_string(child) + ","));
  EXPECT_TRUE(contains(text, "\n" + to_string(grown) + ","));
  EXPECT_TRUE(contains(text, ",PersonRegistered,服务对象登记,,,")) << "facts say nothing of it";
  EXPECT_TRUE(contains(text, quoted_id(grown) + ",\"qualifier\":\"persons\""));
  EXPECT_TRUE(contains(text, quoted_id(served)));
  for (const char* word : {"birth_year_band", "native_region", "blind_index", "\"sex\""}) {
    EXPECT_FALSE(contains(text, word)) << word;
  }
}

TEST_F(CaseWork, an_item_of_a_page_leaves_without_what_describes_and_without_children) {
  PersonOptions options;
  options.under14 = true;
  const EventId child = register_person(log, field, options);
  const EventId grown = register_person(log, field);
  const exports::Json person{
      {"id", to_string(grown)},           {"sex", "female"},
      {"birth_year_band", 1990},          {"employer", "3-1"},
      {"under14_at_registration", false}, {"relatives", {to_string(child), to_string(grown)}}};
  const auto told = exports::item_that_may_leave(log.state(), person);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->dump(), "{\"id\":\"" + to_string(grown) +
                              "\",\"under14_at_registration\":false,\"relatives\":[null,\"" +
                              to_string(grown) + "\"]}");
  EXPECT_FALSE(exports::item_that_may_leave(log.state(), {{"id", to_string(child)}}));
  EXPECT_FALSE(exports::item_that_may_leave(log.state(), {{"event", to_string(child)}}));
}

TEST_F(CaseWork, what_vetting_found_does_not_leave) {
  const EventId vetted = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffVetted();
    b.setStaff(worker.value);
    b.setClear(false);
    b.setQueryReference("q-77");
    b.setDay(log.today().value);
  });
  EventReader reader;
  ASSERT_TRUE(reader.open(log.event_bytes(vetted)));
  EXPECT_EQ(exports::disclosure_of(log.state(), reader.get()), Disclosure::envelope);
  EXPECT_TRUE(exports::body_of(log.state(), reader.get()).empty());
  EXPECT_FALSE(contains(everything(), "q-77"));
}

}  // namespace
}  // namespace houniao::testing
