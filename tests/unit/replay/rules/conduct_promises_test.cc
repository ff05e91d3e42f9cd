#include "replay/rules/rules_conduct_pictures.h"
#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

// --- A17 ---------------------------------------------------------------------------------------

class ConductPromises : public DeliveryWorld {
 protected:
  using Period = schema::ObligationDefined::Period;
  using Per = schema::ObligationDefined::Per;
  using Distinct = schema::ObligationDefined::Distinct;

  struct Promise {
    std::string code = "class";
    std::string type = "SessionHeld";
    Period period = Period::MONTH;
    std::int64_t threshold = 1;
    Per per = Per::PROGRAMME;
    Distinct distinct = Distinct::EVENTS;
  };
  EventId promise(const Promise& options) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initObligationDefined();
      b.setProgramme(programme.value);
      b.setCode(options.code);
      b.setEventType(options.type);
      b.setPeriod(options.period);
      b.setThreshold(options.threshold);
      b.setPerScope(options.per);
      b.setDistinct(options.distinct);
      b.setFromDay(to_day({2017, 1, 1}).value);
      b.setToDay(to_day({2017, 2, 28}).value);
    });
  }
  EventId hold(CivilDate on) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.setOccurredDay(to_day(on).value);
      auto b = e.initBody().initSessionHeld();
      b.setKind("weekend_class");
      b.setFromMinute(540);
      b.setToMinute(600);
      b.setHeadcount(10);
    });
  }
  EventId open_site(int number) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initSiteOpened();
      b.setCategory("station");
      b.setName("site " + std::to_string(number));
      b.setFromDay(10'000);
    });
  }
  EventId place(EventId staff, EventId at, CivilDate on) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.setOccurredDay(to_day(on).value);
      auto b = e.initBody().initStaffPlaced();
      b.setStaff(staff.value);
      b.setSite(at.value);
      b.initInterval().setFromDay(to_day(on).value);
      b.getInterval().setToDay(to_day(on).value);
    });
  }
  EventId engage() {
    return log.add(supervisor, [](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPost("social_worker");
      b.setFromDay(10'000);
    });
  }
  void end_of_story() {
    log.set_today(to_day({2017, 6, 1}));
    hold({2017, 6, 1});
  }
};

TEST_F(ConductPromises, a_month_without_the_session_that_was_promised_is_doubted) {
  const EventId promised = promise({});
  log.set_today(to_day({2017, 2, 1}));
  hold({2017, 1, 20});
  end_of_story();
  const auto found = ask_rule(log, "A17");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 17);
  EXPECT_TRUE(names(found[0], promised));
  EXPECT_TRUE(says(found[0], "2017-02"));
}

TEST_F(ConductPromises, a_promise_that_was_kept_or_waived_is_not) {
  const EventId promised = promise({});
  log.set_today(to_day({2017, 3, 1}));
  hold({2017, 1, 20});
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initObligationWaived();
    b.setObligation(promised.value);
    b.setPeriodFromDay(to_day({2017, 2, 1}).value);
    b.setReason("closed for the spring festival");
    b.setApprover(503);
  });
  end_of_story();
  EXPECT_TRUE(ask_rule(log, "A17").empty()) << texts_of(ask_rule(log, "A17"));
}

TEST_F(ConductPromises, a_month_whose_work_is_crowded_into_its_last_days_is_doubted) {
  promise({.threshold = 3});
  log.set_today(to_day({2017, 3, 1}));
  std::vector<EventId> crowded;
  for (const int date : {28, 29, 30}) crowded.push_back(hold({2017, 1, date}));
  for (const int date : {3, 14, 27}) hold({2017, 2, date});
  end_of_story();
  const auto found = ask_rule(log, "A17");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  for (const EventId event : crowded) EXPECT_TRUE(names(found[0], event));
  EXPECT_TRUE(ask_rule(log, "A17", R"({"A17": {"version": 2, "rush_days": 2}})").empty());
}

TEST_F(ConductPromises, eight_communities_in_one_day_are_doubted_and_eight_in_a_month_are_not) {
  promise({.code = "communities",
           .type = "StaffPlaced",
           .period = Period::YEAR,
           .threshold = 8,
           .per = Per::PERSON,
           .distinct = Distinct::SITES});
  log.set_today(to_day({2017, 3, 1}));
  const EventId hasty = engage();
  const EventId steady = engage();
  std::vector<EventId> hurried;
  for (int i = 0; i < 8; ++i) {
    const EventId at = open_site(i);
    hurried.push_back(place(hasty, at, {2017, 2, 8}));
    place(steady, at, {2017, 1, 3 + 3 * i});
  }
  end_of_story();
  const auto found = ask_rule(log, "A17");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, hurried);
  EXPECT_EQ(found[0].subject, hasty.value);
}

// --- A18 ---------------------------------------------------------------------------------------

class ConductEvidence : public DeliveryWorld {
 protected:
  ConductEvidence() {
    buyer = organisation();
    contractor = organisation("");
    fund = establish_fund();
    receive(fund, 100'000'000);
    worker = log.add(supervisor, [](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPost("social_worker");
      b.setFromDay(10'000);
    });
  }

  struct Proof {
    std::uint8_t photo = 1;
    std::int64_t taken_days_later = 0;
    bool timed = true;
    EventId place = {};
    std::uint32_t import_row = 0;
    EventId site = {};
  };
  // A visit on that day with a picture in its envelope.
  EventId visit(std::int32_t day, const Proof& proof) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.setOccurredDay(day);
      e.setSite(proof.site.value);
      e.setImportRow(proof.import_row);
      auto item = e.initEvidence(1)[0];
      item.setSha256(to_data(ByteView{Bytes(32, proof.photo)}));
      item.setPlace(proof.place.value);
      if (proof.timed) {
        const Day taken{day + static_cast<std::int32_t>(proof.taken_days_later)};
        item.setCapturedAtMs(start_of(taken).us / 1000 + 36'000'000);
      }
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.setAnonymous(1);
      b.setStaff(worker.value);
    });
  }
  struct Picture {
    std::uint8_t photo = 1;
    std::uint64_t shows = 0;
    std::int32_t latitude_e7 = 0;
    std::int32_t longitude_e7 = 0;
  };
  EventId attach(EventId target, const Picture& picture) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initEvidenceAttached();
      b.setTarget(target.value);
      b.setSha256(to_data(ByteView{Bytes(32, picture.photo)}));
      b.setPerceptualHash(picture.shows);
      b.setLatitudeE7(picture.latitude_e7);
      b.setLongitudeE7(picture.longitude_e7);
      b.setMime("image/jpeg");
    });
  }
  EventId bare_visit(std::int32_t day, EventId at = {}) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.setOccurredDay(day);
      e.setSite(at.value);
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.setAnonymous(1);
      b.setStaff(worker.value);
    });
  }
  EventId place_at(std::int32_t latitude_e7, std::int32_t longitude_e7) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initSiteOpened();
      b.setCategory("station");
      b.setFromDay(10'000);
      b.setLatitudeE7(latitude_e7);
      b.setLongitudeE7(longitude_e7);
      b.setRadiusM(300);
    });
  }

  EventId buyer, contractor, fund, worker;
};

TEST_F(ConductEvidence, one_file_for_two_visits_is_doubted_with_the_second_visit_at_risk) {
  const EventId first = visit(16'900, {.photo = 7});
  const EventId second = visit(16'950, {.photo = 7});
  visit(16'960, {.photo = 8});
  const EventId contract = sign_contract(buyer, contractor, fund, {});
  const EventId milestone = submit(contract, 2, {first, second});
  review(reviewer, milestone, {.accepted = 2, .fen = 2'000});
  const auto found = ask_rule(log, "A18");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 18);
  EXPECT_EQ(found[0].events, (std::vector<EventId>{first, second}));
  EXPECT_EQ(found[0].at_risk, Fen{1'000});
}

TEST_F(ConductEvidence, one_sheet_for_a_session_and_its_attendance_is_in_order) {
  const EventId session = log.add(field, [&](Body e) {
    e.initEvidence(1)[0].setSha256(to_data(ByteView{Bytes(32, 9)}));
    auto b = e.initBody().initSessionHeld();
    b.setKind("weekend_class");
    b.setFromMinute(540);
    b.setToMinute(600);
    b.setHeadcount(3);
  });
  log.add(field, [&](Body e) {
    e.initEvidence(1)[0].setSha256(to_data(ByteView{Bytes(32, 9)}));
    auto b = e.initBody().initAttendanceRecorded();
    b.setSession(session.value);
    b.setAnonymous(3);
  });
  // Rows taken over from one book name the book; two visits of one afternoon share a picture.
  for (int i = 1; i <= 3; ++i) visit(16'900 + i, {.photo = 10, .import_row = 5});
  visit(16'910, {.photo = 11});
  visit(16'910, {.photo = 11});
  EXPECT_TRUE(ask_rule(log, "A18").empty()) << texts_of(ask_rule(log, "A18"));
}

TEST_F(ConductEvidence, a_picture_that_was_only_compressed_again_is_recognised) {
  const EventId first = bare_visit(16'900);
  const EventId second = bare_visit(16'930);
  const EventId third = bare_visit(16'960);
  const std::uint64_t shows = 0x0123'4567'89ab'cdefULL;
  attach(first, {.photo = 21, .shows = shows});
  const EventId again = attach(second, {.photo = 22, .shows = shows ^ 0x8000'0000'0100'0001ULL});
  attach(third, {.photo = 23, .shows = ~shows});
  const auto found = ask_rule(log, "A18");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], first) && names(found[0], second) && names(found[0], again));
  EXPECT_FALSE(names(found[0], third));
  EXPECT_TRUE(ask_rule(log, "A18", R"({"A18": {"version": 2, "near_bits": 2}})").empty());
}

TEST_F(ConductEvidence, pictures_of_another_day_or_place_are_doubted_once_for_who_sent_them) {
  const EventId here = place_at(222'735'100, 1'135'641'900);
  const EventId old = visit(16'900, {.photo = 31, .taken_days_later = -12});
  const EventId other = visit(16'910, {.photo = 32, .place = site, .site = here});
  const EventId far = bare_visit(16'920, here);
  attach(far, {.photo = 33, .latitude_e7 = 230'000'000, .longitude_e7 = 1'135'641'900});
  visit(16'930, {.photo = 34, .taken_days_later = 3});
  const EventId near = bare_visit(16'940, here);
  attach(near, {.photo = 35, .latitude_e7 = 222'745'100, .longitude_e7 = 1'135'651'900});
  const auto found = ask_rule(log, "A18");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], old) && names(found[0], other) && names(found[0], far));
  EXPECT_FALSE(names(found[0], near));
  EXPECT_EQ(found[0].subject, 501u);
}

TEST_F(ConductEvidence, one_photograph_for_two_invoices_is_doubted_with_both_amounts) {
  const auto invoice = [&](const std::string& number, std::int64_t fen, std::uint8_t photo) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initInvoiceRecorded();
      b.setIssuerUscc("91350100M000100Y43");
      b.setNumber(number);
      b.setAmountFen(fen);
      b.setPhotoSha256(to_data(ByteView{Bytes(32, photo)}));
    });
  };
  const EventId first = invoice("0001", 12'345, 41);
  invoice("0001", 12'345, 41);  // recorded twice: not this rule's matter
  EXPECT_TRUE(ask_rule(log, "A18").empty());
  const EventId second = invoice("0002", 54'321, 41);
  const auto found = ask_rule(log, "A18");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], first) && names(found[0], second));
  EXPECT_EQ(found[0].at_risk, Fen{12'345 + 12'345 + 54'321});
}

TEST_F(ConductEvidence, a_contract_without_evidence_is_doubted_only_where_others_have_it) {
  const EventId bare = sign_contract(buyer, contractor, fund, {});
  std::vector<EventId> units;
  for (int i = 0; i < 6; ++i) units.push_back(bare_visit(16'800 + i));
  const EventId milestone = submit(bare, 6, units);
  review(reviewer, milestone, {.accepted = 6, .fen = 6'000});
  EXPECT_TRUE(ask_rule(log, "A18").empty());

  const EventId proven = sign_contract(buyer, contractor, fund, {.number = "HT-2"});
  std::vector<EventId> others;
  for (int i = 0; i < 6; ++i) {
    others.push_back(visit(16'850 + i, {.photo = static_cast<std::uint8_t>(50 + i)}));
  }
  review(reviewer, submit(proven, 6, others), {.accepted = 6, .fen = 6'000});
  const auto found = ask_rule(log, "A18");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], bare) && names(found[0], milestone));
  EXPECT_EQ(found[0].at_risk, Fen{6'000});
}

// --- pictures ----------------------------------------------------------------------------------

TEST(ConductPictures, groups_are_those_that_comparing_every_pair_gives) {
  std::vector<std::uint64_t> pictures;
  std::uint64_t z = 42;
  for (int i = 0; i < 60; ++i) {
    z = z * 6364136223846793005ULL + 1442695040888963407ULL;
    pictures.push_back(z);
    pictures.push_back(z ^ (std::uint64_t{1} << (i % 64)) ^ (std::uint64_t{1} << ((i * 7) % 64)));
    if (i % 3 == 0) pictures.push_back(z ^ 0xffULL);
  }
  std::sort(pictures.begin(), pictures.end());
  pictures.erase(std::unique(pictures.begin(), pictures.end()), pictures.end());
  const auto groups = rules::similar_pictures(pictures, 3);
  std::size_t joined = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto own = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return std::find(group.begin(), group.end(), pictures[i]) != group.end();
    });
    ASSERT_NE(own, groups.end());
    for (std::size_t j = 0; j < i; ++j) {
      if (std::popcount(pictures[i] ^ pictures[j]) > 3) continue;
      ++joined;
      EXPECT_NE(std::find(own->begin(), own->end(), pictures[j]), own->end());
    }
  }
  EXPECT_GE(joined, 50u);
  EXPECT_FALSE(rules::shows_something(0));
  EXPECT_FALSE(rules::shows_something(~std::uint64_t{0}));
}

TEST(ConductPictures, distances_agree_with_the_map) {
  // Beijing to Shanghai is some 1,068 km; the flat reckoning is meant for one city and gives more
  // or less than that by a few per cent.
  const std::int64_t far =
      rules::metres_between({399'042'000, 1'164'074'000}, {312'304'000, 1'214'737'000});
  EXPECT_GT(far, 1'000'000);
  EXPECT_LT(far, 1'120'000);
  // One second of latitude is 30.9 m; of longitude at 22.27 degrees north 28.6 m.
  EXPECT_NEAR(rules::metres_between({222'735'100, 1'135'641'900}, {222'737'878, 1'135'641'900}), 30,
              2);
  EXPECT_NEAR(rules::metres_between({222'735'100, 1'135'641'900}, {222'735'100, 1'135'644'678}), 28,
              2);
}

}  // namespace
}  // namespace houniao::testing
