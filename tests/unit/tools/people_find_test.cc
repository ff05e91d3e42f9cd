// Finding persons by name: the SDK against the real server in this process.
#include "tools/houniao/people_find.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/os/os.h"
#include "server/server.h"

namespace houniao {
namespace {

using namespace std::chrono_literals;

constexpr ScopeId kSite{16};

TEST(PeopleFind, a_name_holds_a_part_of_itself_whatever_the_case_of_latin_letters) {
  EXPECT_TRUE(name_holds("张三丰", "三丰"));
  EXPECT_TRUE(name_holds("Li Ming", "li m"));
  EXPECT_FALSE(name_holds("张三丰", "李"));
  EXPECT_FALSE(name_holds("张三", "张三丰"));
  EXPECT_FALSE(name_holds("张三", "")) << "an empty text would list everybody";
  EXPECT_FALSE(name_holds("", "张"));
}

class PeopleFindOnDevice : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "houniao.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    const auto config =
        create_config(path_ / "server", "test.local/houniao", random_, clock_.wall());
    server_ = Server::open(config.value(), clock_, random_, GatewayOptions{}).value();
    server_->start();
    tablet_ = enrolled("tablet");
    // Before a device has seen its own enrolment it cannot show what it recorded.
    ASSERT_TRUE(tablet_->wait_synced(10s));
  }
  void TearDown() override {
    tablet_.reset();
    server_.reset();
    std::filesystem::remove_all(path_);
  }

  std::unique_ptr<Client> open(const std::string& name) {
    Client::Options options;
    options.directory = path_ / name;
    options.passphrase = "correct horse";
    options.map_bytes = std::size_t{1} << 28;
    auto client = Client::open(std::move(options));
    EXPECT_TRUE(client) << client.error().message();
    return std::move(*client);
  }

  std::unique_ptr<Client> enrolled(const std::string& name) {
    EnrolmentCode grant;
    grant.expires = WallTime{clock_.wall().us + 3'600'000'000};
    grant.roles = {static_cast<std::uint16_t>(schema::Role::FIELD),
                   static_cast<std::uint16_t>(schema::Role::SUPERVISOR)};
    grant.scopes = {kScopeCommons, kSite};
    grant.label = name;
    EXPECT_TRUE(server_->engine().keys().add_code(name, grant));
    auto client = open(name);
    const auto identity = client->enrol(server_->url(), name, 10s);
    EXPECT_TRUE(identity) << identity.error().message();
    return client;
  }

  PersonId registered(const std::string& name, std::uint16_t born_from = 0) {
    EventDraft draft;
    draft.scope = kSite;
    PersonalData data;
    data.name = name;
    draft.personal.push_back({PersonId{}, data});
    // With a year from which the five-year band of birth runs: under 14 when registered.
    draft.body = [born_from](schema::Event::Body::Builder body) {
      auto b = body.initPersonRegistered();
      b.setUnder14(born_from != 0);
      b.setBirthYearBand(born_from);
    };
    return entity_cast<PersonId>(tablet_->record(draft).value());
  }

  void erased(PersonId person, bool restricted_only) {
    EventDraft draft;
    draft.scope = kSite;
    draft.body = [&](schema::Event::Body::Builder body) {
      auto erasure = body.initPersonalDataErased();
      erasure.setPerson(person.value);
      erasure.setLegalGround("PIPL 47");
      erasure.setRestrictedOnly(restricted_only);
    };
    ASSERT_TRUE(tablet_->record(draft));
  }

  static std::vector<PersonId> ids(const FoundPeople& found) {
    std::vector<PersonId> out;
    for (const FoundPerson& person : found.persons) out.push_back(person.id);
    return out;
  }

  std::filesystem::path path_;
  os::SystemClock clock_;
  os::SystemRandom random_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> tablet_;
};

TEST_F(PeopleFindOnDevice, those_whose_name_holds_the_text_come_back_by_id) {
  const PersonId first = registered("张三丰");
  registered("李四");
  const PersonId last = registered("小张三");
  const auto found = find_people(*tablet_, {.text = "张三"});
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(ids(*found), (std::vector<PersonId>{first, last}));
  EXPECT_EQ(found->persons.front().name, "张三丰");
  EXPECT_EQ(found->looked_at, 3U);
  EXPECT_TRUE(found->complete);
}

TEST_F(PeopleFindOnDevice, the_names_are_found_again_after_a_restart_with_the_pass_phrase) {
  tablet_->disconnect();  // found is also what only this device knows
  const PersonId person = registered("张三丰");
  tablet_.reset();
  tablet_ = open("tablet");
  const auto found = find_people(*tablet_, {.text = "三"});
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(ids(*found), std::vector<PersonId>{person});
}

TEST_F(PeopleFindOnDevice, a_device_without_the_key_knows_the_person_and_finds_no_name) {
  const PersonId person = registered("张三丰");
  ASSERT_TRUE(tablet_->wait_synced(10s));
  auto other = enrolled("other");
  ASSERT_TRUE(other->wait_synced(10s));
  const auto without = find_people(*other, {.text = "张"});
  ASSERT_TRUE(without) << without.error().message();
  EXPECT_TRUE(without->persons.empty());
  EXPECT_EQ(without->looked_at, 0U);
  EXPECT_EQ(without->without_key, 1U);
  ASSERT_TRUE(other->request_keys({&person, 1}, 10s));
  const auto with_key = find_people(*other, {.text = "张"});
  ASSERT_TRUE(with_key) << with_key.error().message();
  EXPECT_EQ(ids(*with_key), std::vector<PersonId>{person});
}

TEST_F(PeopleFindOnDevice, whose_data_is_erased_or_restricted_is_not_found) {
  const PersonId erased_person = registered("张三丰");
  const PersonId restricted = registered("张四");
  const PersonId other = registered("张五");
  erased(erased_person, false);
  erased(restricted, true);
  ASSERT_TRUE(tablet_->wait_synced(10s));
  const auto found = find_people(*tablet_, {.text = "张"});
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(ids(*found), std::vector<PersonId>{other});
}

TEST_F(PeopleFindOnDevice, children_under_14_are_found_only_when_they_are_asked_for) {
  const auto this_year = static_cast<std::uint16_t>(to_civil(day_of(clock_.wall())).year);
  const PersonId mother = registered("张三");
  const PersonId child = registered("张小三", static_cast<std::uint16_t>(this_year - 6));
  // Was a child when registered and is none by now, whatever the year within the band.
  const PersonId grown = registered("张大三", static_cast<std::uint16_t>(this_year - 20));
  ASSERT_TRUE(tablet_->wait_synced(10s));
  const auto adults = find_people(*tablet_, {.text = "张"});
  ASSERT_TRUE(adults) << adults.error().message();
  EXPECT_EQ(ids(*adults), (std::vector<PersonId>{mother, grown}));
  EXPECT_EQ(adults->minors_left_out, 1U);
  EXPECT_EQ(adults->looked_at, 2U) << "the child's name stays sealed";
  const auto all = find_people(*tablet_, {.text = "张", .minors = true});
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(ids(*all), (std::vector<PersonId>{mother, child, grown}));
  EXPECT_TRUE(all->persons[1].minor);
  EXPECT_FALSE(all->persons[2].minor);
  EXPECT_EQ(all->minors_left_out, 0U);
}

TEST_F(PeopleFindOnDevice, a_search_ends_at_its_bounds_and_says_so) {
  for (int i = 0; i < 4; ++i) registered("张三丰");
  const auto few = find_people(*tablet_, {.text = "张", .found_max = 2});
  ASSERT_TRUE(few);
  EXPECT_EQ(few->persons.size(), 2U);
  EXPECT_FALSE(few->complete);
  const auto brief = find_people(*tablet_, {.text = "李", .looked_at_max = 3});
  ASSERT_TRUE(brief);
  EXPECT_EQ(brief->looked_at, 3U);
  EXPECT_FALSE(brief->complete);
  const auto all = find_people(*tablet_, {.text = "张", .found_max = 5});
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->complete);
}

TEST_F(PeopleFindOnDevice, an_empty_text_is_refused) {
  const auto found = find_people(*tablet_, {.text = ""});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace houniao
