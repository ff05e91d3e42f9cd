#include "replay/families/services.h"

#include "replay/digest.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

using Stage = schema::AgencyCaseProgressed::Stage;
using Direction = schema::CustodyMoneyMoved::Direction;

class Services : public DeliveryWorld {
 protected:
  EventId open_case(DeviceNumber by, EventId client, std::string_view certificate = "resident_id",
                    std::int64_t fee = 2'000) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initAgencyCaseOpened();
      b.setPerson(client.value);
      b.setCertificate(std::string(certificate));
      b.setDestination("county police");
      b.setDestinationRegion(411522);
      b.setFeeFen(fee);
    });
  }
  EventId progress(DeviceNumber by, EventId agency_case, Stage stage, std::int32_t after = 0) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initAgencyCaseProgressed();
      b.setCase(agency_case.value);
      b.setStage(stage);
      b.setDay(log.today().value + after);
    });
  }
  EventId move_money(EventId client, Direction direction, std::int64_t fen, EventId of_case = {}) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initCustodyMoneyMoved();
      b.setClient(client.value);
      b.setDirection(direction);
      b.setAmountFen(fen);
      b.setReceipt("r");
      b.setCase(of_case.value);
    });
  }
  EventId outcome(EventId client, std::string_view kind, std::uint16_t follow_up = 0) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initOutcomeConfirmed();
      b.setPerson(client.value);
      b.setKind(std::string(kind));
      b.setDay(log.today().value);
      b.setFollowUpDays(follow_up);
    });
  }
  EventId evidence(EventId target, std::uint8_t byte, std::size_t size = 32) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initEvidenceAttached();
      b.setTarget(target.value);
      const std::vector<std::uint8_t> hash(size, byte);
      b.setSha256(kj::ArrayPtr<const kj::byte>(hash.data(), hash.size()));
      b.setMime("image/jpeg");
    });
  }
  const AgencyCase* find_case(EventId id) const {
    return log.state().services.find(entity_cast<AgencyCaseId>(id));
  }
  FactFilter services() const { return of_type(schema::Event::Body::SERVICE_DELIVERED); }
};

TEST_F(Services, a_service_counts_person_times) {
  const EventId a = person(), b = person();
  const EventId staff = log.add(supervisor, [&](Body e) {
    auto s = e.initBody().initStaffEngaged();
    s.setFromDay(10'000);
  });
  const EventId served = log.add(field, [&](Body e) {
    auto s = e.initBody().initServiceDelivered();
    s.setKind("legal_advice");
    auto list = s.initPersons(2);
    list.set(0, a.value);
    list.set(1, b.value);
    s.setAnonymous(3);
    s.setUnit("person_time");
    s.setMinutes(45);
    s.setStaff(staff.value);
  });
  EXPECT_ACCEPTED(served);
  EXPECT_EQ(log.state().facts.rows_of(served).count, 3u);
  EXPECT_EQ(quantity(services()), 5);
  std::int64_t minutes = 0;
  log.state().facts.scan(services(),
                         [&](const auto& c, std::size_t i) { minutes += c.minutes[i]; });
  EXPECT_EQ(minutes, 45);
  EXPECT_EQ(first_row(served).staff, staff.value);
  EXPECT_EQ(first_row(served).subject, a.value);
}

TEST_F(Services, material_and_reported_totals_count_by_quantity) {
  const EventId committee = organisation("");
  const auto add = [&](std::int64_t count, EventId reported_by) {
    return log.add(field, [&](Body e) {
      auto s = e.initBody().initServiceDelivered();
      s.setKind("handbook");
      s.setQuantity(count);
      s.setUnit("copy");
      s.setReportedBy(reported_by.value);
    });
  };
  const EventId own = add(35'000, {});
  const EventId reported = add(74'550, committee);
  EXPECT_EQ(quantity(services()), 109'550);
  EXPECT_EQ(first_row(own).flags & kFactBulk, 0u);
  EXPECT_EQ(first_row(reported).flags & kFactBulk, kFactBulk);
  EXPECT_EQ(first_row(reported).organisation, committee.value);
}

TEST_F(Services, hostile_quantities_are_flagged_and_count_nothing) {
  for (std::int64_t count : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
                             std::numeric_limits<std::int64_t>::min()}) {
    const EventId served = log.add(field, [&](Body e) {
      auto s = e.initBody().initServiceDelivered();
      s.setKind("handbook");
      s.setQuantity(count);
    });
    EXPECT_FLAGGED_FOR(served, value_invalid);
    EXPECT_EQ(first_row(served).quantity, 0);
  }
  const EventId nobody = serve({});
  EXPECT_FLAGGED_FOR(nobody, nobody_served);
  EXPECT_EQ(quantity(services()), 0);
}

TEST_F(Services, shares_of_a_delivery_sum_to_at_most_the_whole) {
  const EventId fund = establish_fund();
  const auto shared = [&](std::uint16_t permille) {
    return log.add(field, [&](Body e) {
      auto s = e.initBody().initServiceDelivered();
      s.setKind("visit");
      s.setAnonymous(1);
      auto shares = s.initShares(2);
      shares[0].setFund(fund.value);
      shares[0].setPermille(600);
      shares[1].setFund(fund.value);
      shares[1].setPermille(permille);
    });
  };
  EXPECT_ACCEPTED(shared(400));
  EXPECT_FLAGGED_FOR(shared(401), shares_exceed_whole);
}

TEST_F(Services, an_agency_case_runs_through_its_stages) {
  const EventId opened = open_case(field, person());
  EXPECT_ACCEPTED(opened);
  for (Stage stage :
       {Stage::SUBMITTED, Stage::RETURNED, Stage::SUBMITTED, Stage::ISSUED, Stage::HANDED_OVER}) {
    const EventId step = progress(field, opened, stage);
    EXPECT_ACCEPTED(step);
    EXPECT_EQ(text(first_row(step).attr), "resident_id");
    log.set_today(Day{log.today().value + 1});
  }
  EXPECT_EQ(find_case(opened)->latest()->stage, static_cast<std::uint16_t>(Stage::HANDED_OVER));
  EXPECT_FLAGGED_FOR(progress(field, opened, Stage::ISSUED), stage_out_of_order);
}

TEST_F(Services, a_stage_out_of_order_is_flagged) {
  const EventId opened = open_case(field, person());
  EXPECT_FLAGGED_FOR(progress(field, opened, Stage::HANDED_OVER, 5), stage_out_of_order);
  const EventId second = open_case(field, person());
  EXPECT_FLAGGED_FOR(progress(field, second, Stage::SUBMITTED, -1), stage_out_of_order);
}

TEST_F(Services, the_same_certificate_twice_is_flagged_unless_the_first_came_to_nothing) {
  const EventId client = person();
  const EventId first = open_case(field, client);
  EXPECT_FLAGGED_FOR(open_case(other_field, client), certificate_twice);
  const EventId permit = open_case(field, client, "residence_permit");
  EXPECT_ACCEPTED(permit);
  progress(field, permit, Stage::WITHDRAWN);
  const EventId again = open_case(field, client, "residence_permit");
  EXPECT_ACCEPTED(again);
  EXPECT_NE(find_case(first), nullptr);
}

TEST_F(Services, stages_in_any_order_of_arrival_give_the_same_state) {
  const EventId client = person();
  log.offline(field);
  log.offline(other_field);
  const EventId opened = open_case(field, client);
  progress(other_field, opened, Stage::SUBMITTED, 1);
  progress(field, opened, Stage::ISSUED, 2);
  progress(other_field, opened, Stage::HANDED_OVER, 3);
  outcome(client, "job");
  LogBuilder first = log, second = log;
  first.online(field);
  first.online(other_field);
  second.online(other_field);
  second.online(field);
  EXPECT_EQ(digest(first.state()), digest(second.state()));
  const AgencyCase* kept = second.state().services.find(entity_cast<AgencyCaseId>(opened));
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->stages.size(), 3u);
}

TEST_F(Services, money_of_clients_never_falls_below_zero_and_shows_what_is_left) {
  const EventId client = person();
  const EventId opened = open_case(field, client);
  EXPECT_HELD_FOR(move_money(client, Direction::PAID_ON, 1), custody_short);
  EXPECT_IN_FORCE(move_money(client, Direction::RECEIVED, 2'000, opened));
  EXPECT_IN_FORCE(move_money(client, Direction::PAID_ON, 1'500, opened));
  EXPECT_HELD_FOR(move_money(client, Direction::REFUNDED, 501), custody_short);
  ASSERT_EQ(log.state().ledger.open_custody().size(), 1u);
  EXPECT_EQ(log.state().ledger.open_custody()[0].second, Fen{500});
  EXPECT_IN_FORCE(move_money(client, Direction::REFUNDED, 500));
  EXPECT_TRUE(log.state().ledger.open_custody().empty());
  EXPECT_TRUE(money_is_sound());
}

TEST_F(Services, a_custody_payment_that_was_held_can_follow_its_receipt) {
  const EventId client = person();
  const EventId paid = move_money(client, Direction::PAID_ON, 100);
  EXPECT_HELD_FOR(paid, custody_short);
  release(paid);
  EXPECT_TRUE(held(paid));
  move_money(client, Direction::RECEIVED, 100);
  release(paid);
  EXPECT_IN_FORCE(paid);
}

TEST_F(Services, custody_names_the_client_of_its_case_and_a_sum_of_money) {
  const EventId client = person();
  const EventId other = open_case(field, person());
  EXPECT_HELD_FOR(move_money(client, Direction::RECEIVED, 5, other), wrong_reference);
  EXPECT_HELD_FOR(move_money(client, Direction::RECEIVED, 0), amount_invalid);
  EXPECT_HELD_FOR(move_money(client, Direction::RECEIVED, std::numeric_limits<std::int64_t>::min()),
                  amount_invalid);
  EXPECT_HELD_FOR(move_money(EventId{99}, Direction::RECEIVED, 5), orphan);
}

TEST_F(Services, a_follow_up_does_not_count_an_outcome_again) {
  const EventId client = person();
  const EventId early = outcome(client, "startup", 30);
  EXPECT_FLAGGED_FOR(early, follow_up_without_outcome);
  EXPECT_ACCEPTED(outcome(client, "job"));
  EXPECT_ACCEPTED(outcome(client, "job", 30));
  EXPECT_ACCEPTED(outcome(client, "job", 90));
  FactFilter jobs = of_type(schema::Event::Body::OUTCOME_CONFIRMED);
  jobs.kinds = {log.state().symbols().find("job")};
  EXPECT_EQ(quantity(jobs), 1);
  EXPECT_FLAGGED_FOR(outcome(client, "job"), outcome_repeated);
}

TEST_F(Services, the_same_evidence_on_two_events_is_flagged) {
  const EventId a = serve({person()}), b = serve({person()});
  EXPECT_ACCEPTED(evidence(a, 1));
  EXPECT_ACCEPTED(evidence(a, 1));
  EXPECT_FLAGGED_FOR(evidence(b, 1), evidence_reused);
  EXPECT_ACCEPTED(evidence(b, 2));
  EXPECT_FLAGGED_FOR(evidence(b, 3, 31), hash_invalid);
  EXPECT_FLAGGED_FOR(evidence(EventId{77}, 4), orphan);
}

TEST_F(Services, evidence_in_the_envelope_belongs_to_one_event) {
  const auto with_photo = [&](std::uint8_t byte) {
    return log.add(field, [&](Body e) {
      auto s = e.initBody().initServiceDelivered();
      s.setKind("visit");
      s.setAnonymous(1);
      const std::vector<std::uint8_t> hash(32, byte);
      e.initEvidence(1)[0].setSha256(kj::ArrayPtr<const kj::byte>(hash.data(), hash.size()));
    });
  };
  const EventId first = with_photo(1);
  EXPECT_ACCEPTED(first);
  EXPECT_ACCEPTED(evidence(first, 1));
  EXPECT_FLAGGED_FOR(with_photo(1), evidence_reused);
}

TEST_F(Services, rows_of_one_book_share_it_as_their_evidence) {
  const std::vector<std::uint8_t> book(32, 7);
  const auto row = [&](std::uint32_t number, schema::Source source) {
    return log.add(field, [&](Body e) {
      auto s = e.initBody().initServiceDelivered();
      s.setKind("visit");
      s.setAnonymous(1);
      e.setSource(source);
      e.setImportRow(number);
      e.initEvidence(1)[0].setSha256(kj::ArrayPtr<const kj::byte>(book.data(), book.size()));
    });
  };
  EXPECT_ACCEPTED(row(2, schema::Source::IMPORTED));
  EXPECT_ACCEPTED(row(3, schema::Source::IMPORTED));
  EXPECT_TRUE(log.state().services.evidence.empty()) << "no event alone has the book";
  EXPECT_ACCEPTED(row(0, schema::Source::IMPORTED));
  EXPECT_FLAGGED_FOR(row(0, schema::Source::IMPORTED), evidence_reused);
  EXPECT_FLAGGED_FOR(row(4, schema::Source::TYPED), evidence_reused);
}

TEST_F(Services, a_service_at_a_closed_site_is_flagged) {
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initSiteStatusChanged();
    b.setSite(site.value);
    b.setStatus(schema::SiteStatusChanged::Status::CLOSED);
    b.initInterval().setFromDay(log.today().value);
    b.getInterval().setToDay(log.today().value + 1);
  });
  const auto visit = [&] {
    return log.add(field, [&](Body e) {
      e.setSite(site.value);
      auto s = e.initBody().initServiceDelivered();
      s.setKind("visit");
      s.setAnonymous(1);
    });
  };
  EXPECT_FLAGGED_FOR(visit(), site_closed);
  log.set_today(Day{log.today().value + 2});
  EXPECT_ACCEPTED(visit());
}

TEST_F(Services, what_is_retracted_leaves_no_trace_in_counts_and_checks) {
  const EventId client = person();
  const EventId served = serve({client});
  const EventId opened = open_case(field, client);
  const EventId job = outcome(client, "job");
  const EventId photo = evidence(served, 9);
  const EventId step = progress(field, opened, Stage::SUBMITTED);
  for (EventId id : {step, photo, job, opened, served}) retract(id);
  EXPECT_EQ(quantity(services()), 0);
  EXPECT_TRUE(log.state().services.outcomes.empty());
  EXPECT_TRUE(log.state().services.evidence.empty());
  EXPECT_TRUE(log.state().services.by_certificate.empty());
  EXPECT_TRUE(find_case(opened)->stages.empty());
  EXPECT_ACCEPTED(outcome(client, "job"));
  EXPECT_ACCEPTED(open_case(field, client));
}

}  // namespace
}  // namespace houniao::testing
