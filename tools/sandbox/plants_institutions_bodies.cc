// Plants of A32 (broadcast), A33 (organisation) and A38 (posts).
#include "base/crypto.h"
#include "tools/sandbox/plants_institutions.h"

namespace houniao::sandbox::institutions {
namespace {

using stage::BodyStatus;

struct Message {
  Day day;
  std::uint32_t recipients = 0;
  std::uint32_t delivered = 0;
  std::string basis = "registration form";
  std::string channel = "sms";
  std::string text = {};
};
EventId send(Sower& s, const Message& message) {
  return s.desk().add(message.day, [message](Body body) {
    auto b = body.initBroadcastSent();
    b.setChannel(message.channel);
    b.setAudience("persons of the programme with a phone");
    b.setRecipients(message.recipients);
    b.setDelivered(message.delivered);
    b.setConsentBasis(message.basis);
    if (message.text.empty()) return;
    const Hash hash = sha256(as_bytes(message.text));
    b.setTextSha256(capnp::Data::Reader(hash.bytes.data(), hash.bytes.size()));
  });
}

void withdraw(Sower& s, Day day, PersonId person) {
  s.desk().add(day, [person](Body body) {
    auto c = body.initConsentChanged();
    c.setPerson(person.value);
    c.setPurpose("notices");
    c.setGiven(false);
    c.setFormVersion("1");
  });
}

OrganisationId body_with_code(Sower& s, const std::string& name, const std::string& uscc) {
  return stage::register_body(*s.yard.admin, s.yard.opened,
                              {.kind = "social_organisation",
                               .name = name,
                               .level = "district",
                               .region = 440'402,
                               .uscc = uscc,
                               .parent = {}});
}

// The same code with another last character.
std::string spoilt(std::string uscc) {
  uscc.back() = uscc.back() == '1' ? '2' : '1';
  return uscc;
}

EventId serve_as(Sower& s, Day day, OrganisationId organisation, PersonId person) {
  EventDraft draft = s.desk().draft(day);
  draft.organisation = organisation;
  draft.body = [person](Body body) {
    auto d = body.initServiceDelivered();
    d.setKind("legal_advice");
    d.initPersons(1).set(0, person.value);
    d.setQuantity(1);
    d.setUnit("person_time");
    d.setMinutes(30);
  };
  return s.desk().add(std::move(draft));
}

EventId rate(Sower& s, OrganisationId organisation, Day from, Day to) {
  return s.yard.admin->add(from, [=](Body body) {
    auto c = body.initOrganisationCredentialRecorded();
    c.setOrganisation(organisation.value);
    c.setKind(schema::OrganisationCredentialRecorded::Kind::RATING);
    c.setValue("4A");
    c.setIssuer("civil affairs");
    c.setValidFromDay(from.value);
    c.setValidToDay(to.value);
  });
}

struct Vote {
  Day day;
  std::uint32_t seats = 1;
  std::vector<PersonId> elected = {};
};
EventId elect(Sower& s, OrganisationId branch, const Vote& vote) {
  return stage::hold_election(s.desk(), vote.day,
                              {.body = branch,
                               .seats = vote.seats,
                               .electorate = 31,
                               .turnout = 28,
                               .elected = vote.elected});
}

}  // namespace

Result<void> plant_a32(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 32);
  const Day start = on(2024, 1, 15);
  std::vector<PersonId> people;
  for (int i = 0; i < 15; ++i) people.push_back(s.person(start));
  for (std::size_t i = 0; i < 12; ++i) stage::consent(s.desk(), start, people[i], "notices");

  s.fraud("向五万个号码群发，而登记的号码远没有这么多",
          "a text message to fifty thousand, far more phones than the programme ever knew",
          {send(s, {.day = on(2024, 5, 6), .recipients = 50'000, .delivered = 48'700})});
  s.honest(
      "向已同意的十二人发通知", "a notice to the twelve who agreed to notices",
      {send(s, {.day = on(2024, 5, 7), .recipients = 12, .delivered = 12, .basis = "notices"})});
  for (std::size_t i = 0; i < 9; ++i) withdraw(s, on(2024, 6, 3), people[i]);
  s.fraud(
      "九人撤回同意后仍按原名单发送", "nine withdrew, and the old list was used all the same",
      {send(s, {.day = on(2024, 6, 10), .recipients = 12, .delivered = 12, .basis = "notices"})});
  s.fraud(
      "送达数多于发送数", "more delivered than sent",
      {send(s, {.day = on(2024, 6, 11), .recipients = 12, .delivered = 190, .channel = "wechat"})});
  const std::string text = "night school begins on Friday";
  const EventId once =
      send(s, {.day = on(2024, 7, 1), .recipients = 14, .delivered = 14, .text = text});
  const EventId twice =
      send(s, {.day = on(2024, 7, 2), .recipients = 14, .delivered = 14, .text = text});
  s.fraud("同一内容第二天对同一批人再发一遍", "one text is sent to everybody again the next day",
          {once, twice});
  s.honest(
      "撤回后只发给仍同意的三人", "after the withdrawals, to the three who still agree",
      {send(s, {.day = on(2024, 6, 12), .recipients = 3, .delivered = 3, .basis = "notices"})});
  const std::string storm = "the centre is closed because of the storm";
  const EventId first =
      send(s, {.day = on(2024, 8, 5), .recipients = 14, .delivered = 9, .text = storm});
  const EventId rest =
      send(s, {.day = on(2024, 8, 5), .recipients = 5, .delivered = 4, .text = storm});
  s.honest("只向未送达的五人补发", "sent again only to the five whom it had not reached",
           {first, rest});
  const std::string reminder = "night school tonight";
  const EventId week =
      send(s, {.day = on(2024, 9, 6), .recipients = 14, .delivered = 14, .text = reminder});
  const EventId next =
      send(s, {.day = on(2024, 9, 13), .recipients = 14, .delivered = 14, .text = reminder});
  s.honest("每周一次的相同提醒", "the same reminder once a week", {week, next});
  return yard.settle();
}

Result<void> plant_a33(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 33);
  Tablet& admin = *yard.admin;
  const auto code = [&] { return yard.company.identities.uscc("52", 440'402); };
  s.fraud("统一社会信用代码校验位被改", "a social credit code with a wrong check character",
          {event_of(body_with_code(s, "青苗服务社", spoilt(code())))});
  const std::string shared = code();
  const OrganisationId shell = body_with_code(s, "青禾服务社", shared);
  const OrganisationId twin = body_with_code(s, "青禾服务社分社", shared);
  s.fraud("两个组织使用同一代码", "two bodies with one social credit code",
          {event_of(shell), event_of(twin)});
  std::string paid_code;
  const OrganisationId gone = yard.body("social_organisation", "青松服务社");
  const OrganisationId closing = yard.body("social_organisation", "青竹服务社");
  const OrganisationId expired = yard.body("social_organisation", "青柏服务社", &paid_code);
  const OrganisationId renewed = yard.body("social_organisation", "青杉服务社", &paid_code);
  const OrganisationId ten_years = yard.body("social_organisation", "青枫服务社");
  const OrganisationId unbanked = yard.body("social_organisation", "青榕服务社");
  std::string late_code = code();
  const OrganisationId banked = body_with_code(s, "青槐服务社", late_code);
  const OrganisationId grassroots = body_with_code(s, "草根读书小组", "");
  stage::change_status(admin, on(2024, 6, 30), gone, BodyStatus::DEREGISTERED);
  stage::change_status(admin, on(2024, 6, 30), closing, BodyStatus::DEREGISTERED);
  rate(s, expired, on(2018, 12, 1), on(2023, 11, 30));
  rate(s, renewed, on(2018, 12, 1), on(2023, 11, 30));
  rate(s, renewed, on(2023, 12, 1), on(2028, 11, 30));
  s.fraud("评估等级写成十年有效", "a rating that is said to be valid for ten years",
          {rate(s, ten_years, on(2024, 2, 1), on(2034, 1, 31))});
  stage::verify_account(admin, on(2024, 3, 21), banked, late_code);
  const PersonId client = s.person(on(2024, 2, 1));
  HOUNIAO_TRY(yard.settle());

  s.fraud("注销三个月后仍以其名义提供服务",
          "services in the name of a body deregistered months ago",
          {serve_as(s, on(2024, 10, 8), gone, client)});
  s.honest("注销后十天内完成最后一次已约服务",
           "the last service that was agreed, ten days after deregistration",
           {serve_as(s, on(2024, 7, 10), closing, client)});
  const auto contract = [&](OrganisationId with) {
    return event_of(yard.contract(on(2024, 3, 1), on(2024, 11, 30), 3'600'000, 60, with));
  };
  s.fraud("评估等级到期后签订购买合同", "a purchase contract after the rating had expired",
          {contract(expired)});
  s.fraud("承接方一直没有核验过账户", "a contractor whose account was never verified",
          {contract(unbanked)});
  s.honest("原等级到期，续评后才签约", "the rating expired and was renewed before the contract",
           {contract(renewed)});
  s.honest("签约二十天后核验账户", "the account was verified twenty days after signing",
           {contract(banked)});
  s.honest("无代码的草根小组只做公益服务，不签合同",
           "a grassroots group without a code serves and signs nothing",
           {event_of(grassroots), serve_as(s, on(2024, 4, 2), grassroots, client)});
  return yard.settle();
}

Result<void> plant_a38(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 38);
  std::vector<OrganisationId> branches;
  for (int i = 0; i < 9; ++i) {
    branches.push_back(yard.body("branch", "团支部" + std::to_string(i + 1)));
  }
  std::vector<OrganisationId> more;
  for (int i = 0; i < 5; ++i) {
    more.push_back(yard.body("branch", "社区团支部" + std::to_string(i + 1)));
  }
  const Day day = on(2024, 5, 24);
  std::vector<PersonId> people;
  for (int i = 0; i < 18; ++i) people.push_back(s.person(on(2024, 4, 1)));
  HOUNIAO_TRY(yard.settle());
  Tablet& desk = s.desk();
  const auto appoint = [&](Day when, std::size_t who, OrganisationId body, const char* post) {
    return stage::appoint(desk, when, people[who], post, body.value);
  };

  appoint(days_after(day, 3), 0, branches[0], "branch_secretary");
  s.fraud("三个席位只到任一人", "of three seats one post is filled",
          {elect(s, branches[0], {.day = day, .seats = 3, .elected = {people[0]}})});
  for (const std::size_t who : {1u, 2u, 3u}) {
    appoint(days_after(day, 3), who, branches[1], "branch_secretary");
  }
  s.fraud("一个书记席位任命三人", "three secretaries for one seat",
          {elect(s, branches[1], {.day = day})});
  appoint(days_after(day, 3), 5, branches[2], "branch_secretary");
  s.fraud("甲当选，任命的却是乙", "one person is elected and another is appointed",
          {elect(s, branches[2], {.day = day, .elected = {people[4]}})});
  std::vector<EventId> everywhere;
  for (const OrganisationId body : more) {
    everywhere.push_back(appoint(days_after(day, 3), 6, body, "branch_secretary"));
  }
  s.fraud("一人同时挂名五个团支部书记", "one person is secretary of five branches at once",
          everywhere);

  appoint(days_after(day, 3), 7, branches[3], "branch_secretary");
  appoint(days_after(day, 3), 8, branches[3], "branch_deputy_secretary");
  s.honest("两个席位两人到任", "two seats and two in post",
           {elect(s, branches[3], {.day = day, .seats = 2, .elected = {people[7], people[8]}})});
  appoint(days_after(day, 2), 9, branches[4], "branch_secretary");
  stage::end_appointment(desk, days_after(day, 25), people[9], "branch_secretary",
                         branches[4].value);
  appoint(days_after(day, 28), 10, branches[4], "branch_secretary");
  s.honest("当选人一个月内离任，补选到任", "the secretary leaves within a month and is replaced",
           {elect(s, branches[4], {.day = day})});
  s.honest("一人兼任两个小支部书记", "one person is secretary of two small branches",
           {appoint(days_after(day, 3), 11, branches[5], "branch_secretary"),
            appoint(days_after(day, 3), 11, branches[6], "branch_secretary"),
            elect(s, branches[5], {.day = day}), elect(s, branches[6], {.day = day})});
  s.honest("选后四十天才到任", "in post forty days after the election",
           {elect(s, branches[7], {.day = day, .elected = {people[12]}}),
            appoint(days_after(day, 40), 12, branches[7], "branch_secretary")});
  return yard.settle();
}

}  // namespace houniao::sandbox::institutions
