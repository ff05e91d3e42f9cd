// What comes from outside and what goes out: totals of other committees, messages, evaluations,
// honours, and the figures as they were published.
#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

Day day(int year, int month, int date) { return to_day({year, month, date}); }

void send_messages(Story& story) {
  Tablet& tablet = *story.cast.clerk;
  Dice dice = story.dice.fork("messages");
  const auto delivered =
      dice.split(story.numbers.messages, static_cast<std::size_t>(story.numbers.broadcasts));
  int serial = 0;
  for (const std::int64_t count : delivered) {
    const Day when = open_day(Day{day(2012, 9, 6).value + 66 * serial++});
    const std::int64_t failed = dice.between(count / 100, count / 40);
    tablet.add(when, [=](Body body) {
      auto b = body.initBroadcastSent();
      b.setChannel("sms");
      b.setAudience("clients with a phone number and consent");
      b.setRecipients(static_cast<std::uint32_t>(count + failed));
      b.setDelivered(static_cast<std::uint32_t>(count));
      b.setConsentBasis("registration form 1");
    });
  }
}

void evaluate(Story& story, int year) {
  Tablet& tablet = *story.cast.officer;
  const Day when = day(year, 12, 28);
  EventDraft draft = tablet.draft(when);
  draft.scope = story.scope("centre");
  draft.body = [&story, year](Body body) {
    auto e = body.initEvaluationIssued();
    e.setEvaluator(story.league_body.value);
    e.setSubject(story.centre.value);
    e.setProgramme(story.programme.value);
    auto interval = e.initInterval();
    interval.setFromDay(day(year, 1, 1).value);
    interval.setToDay(day(year, 12, 31).value);
    e.setGrade("excellent");
    auto scores = e.initScores(2);
    scores[0].setIndicator("services");
    scores[0].setPoints(46);
    scores[0].setPointsMax(50);
    scores[1].setIndicator("satisfaction");
    scores[1].setPoints(47);
    scores[1].setPointsMax(50);
  };
  tablet.add(std::move(draft));
}

void honour(Story& story, const std::string& title, const std::string& issuer, Day when) {
  EventDraft draft = story.cast.director->draft(when);
  draft.scope = story.scope("centre");
  draft.body = [&story, title, issuer, when](Body body) {
    auto h = body.initHonourConferred();
    h.setRecipient(story.centre.value);
    h.setRecipientIsOrganisation(true);
    h.setTitle(title);
    h.setIssuer(issuer);
    h.setDay(when.value);
    h.setYear(static_cast<std::uint16_t>(to_civil(when).year));
  };
  story.cast.director->add(std::move(draft));
}

void publish_figures(Story& story) {
  Tablet& tablet = *story.cast.clerk;
  for (const PackFigure& figure : story.pack.figures) {
    tablet.add(story.pack.to, [&figure, as_of = story.pack.to](Body body) {
      auto f = body.initFigureReported();
      f.setFigure(figure.id);
      f.setPhrase(figure.label.zh);
      f.setValue(figure.value);
      f.setComparator(std::string(sign_of(figure.comparator)));
      f.setUnit(figure.unit);
      f.setAsOfDay(as_of.value);
      f.setToWhom("press");
    });
  }
}

}  // namespace

Result<void> report_committees(Story& story) {
  Tablet& tablet = *story.cast.clerk;
  Dice dice = story.dice.fork("reports");
  const std::int64_t total =
      story.numbers.committee_person_times - story.numbers.services - story.attendance;
  HOUNIAO_ASSERT(total > 0);
  constexpr std::size_t kYears = 3;
  const auto quantities = dice.split(total, story.committees_abroad.size() * kYears);
  std::size_t next = 0;
  for (std::size_t year = 0; year < kYears; ++year) {
    for (const OrganisationId committee : story.committees_abroad) {
      const std::int64_t right = quantities[next++];
      const bool mistyped = next == 7;
      const std::int64_t written = mistyped ? right * 10 : right;
      EventDraft draft = tablet.draft(day(2013 + static_cast<int>(year), 12, 20));
      draft.scope = story.scope("reports");
      draft.site = {};
      draft.body = [committee, written](Body body) {
        auto s = body.initServiceDelivered();
        s.setKind("committee_report");
        s.setQuantity(written);
        s.setUnit("person_time");
        s.setReportedBy(committee.value);
      };
      const EventId id = tablet.add(std::move(draft));
      if (mistyped) {
        story.mistyped = id;
        story.mistyped_right = right;
      }
    }
  }
  return tablet.sync(kSyncTimeout);
}

Result<void> evaluate_and_publish(Story& story) {
  send_messages(story);
  evaluate(story, 2014);
  evaluate(story, 2015);
  HOUNIAO_TRY(story.cast.officer->sync(kSyncTimeout));
  honour(story, "may_fourth_nomination", "provincial League committee", day(2012, 5, 4));
  honour(story, "key_social_organisation", "city government", day(2012, 11, 20));
  honour(story, "model_of_good_order", "city government", day(2013, 6, 28));
  honour(story, "advanced_collective_migrant_work", "State Council office", day(2015, 12, 10));
  HOUNIAO_TRY(story.cast.director->sync(kSyncTimeout));
  publish_figures(story);
  return story.cast.clerk->sync(kSyncTimeout);
}

}  // namespace houniao::programme_b
