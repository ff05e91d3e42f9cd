// Names and numbers on the device: sealed, indexed, and readable only with the key.
#include <gtest/gtest.h>

#include "client_sdk/core/personal.h"
#include "tests/unit/client/scripted_server.h"

namespace houniao::tests {
namespace {

constexpr const char* kIdNumber = "11010519491231002X";

TEST(ClientPersonalData, NamesAreSealedIndexedAndReadBackAndTheKeyReachesTheServer) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  const EventId id = rig.record_person("张三丰", kIdNumber);
  rig.exchange();
  EXPECT_EQ(server.keys().count(id.value), 1U);
  const auto data = rig.core->notebook().personal(entity_cast<PersonId>(id)).value();
  EXPECT_EQ(data.name, "张三丰");
  EXPECT_EQ(data.id_number, kIdNumber);
  bool found = false;
  for (std::uint64_t seq = 0; seq < server.size().value; ++seq) {
    const std::string_view text = as_text(server.record_at(Seq{seq}));
    EXPECT_EQ(text.find("张三丰"), std::string_view::npos);
    EXPECT_EQ(text.find(kIdNumber), std::string_view::npos);
    EXPECT_EQ(text.find("13800138000"), std::string_view::npos);
    RecordReader record;
    ASSERT_TRUE(record.open(server.record_at(Seq{seq})));
    EventReader event;
    if (!record.is_event() || !event.open(record.event_bytes())) continue;
    if (event.type() != EventType::PERSON_REGISTERED) continue;
    found = true;
    const auto person = event.get().getBody().getPersonRegistered();
    EXPECT_EQ(person.getBlindIndex().size(), 16U);
    EXPECT_EQ(person.getPhoneIndex().size(), 16U);
    EXPECT_TRUE(person.getIdChecksOk());
    EXPECT_EQ(person.getSex(), schema::Sex::FEMALE);
    EXPECT_EQ(person.getBirthYearBand(), 1945U);
  }
  EXPECT_TRUE(found);
}

// Six hundred keys take three frames.
TEST(ClientPersonalData, KeysAreOfferedOnceAndAgainWhenTheyWereTurnedAway) {
  constexpr std::size_t kPersons = 600;
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.turn_deposits_away = true;
  for (std::size_t i = 0; i < kPersons; ++i) rig.record_person("张三丰", kIdNumber);
  rig.exchange();
  EXPECT_TRUE(server.keys().empty());
  server.turn_deposits_away = false;
  server.deposits = 0;
  rig.monotonic_us += 1'000'000;
  rig.core->tick(rig.now());
  rig.exchange();
  EXPECT_EQ(server.keys().size(), kPersons);
  EXPECT_EQ(server.deposits, kPersons);
  rig.record_person("李四", kIdNumber);
  rig.exchange();
  EXPECT_EQ(server.deposits, kPersons + 1);
  rig.connect();
  EXPECT_EQ(server.deposits, kPersons + 1) << "what the server has is not offered again";
}

TEST(ClientPersonalData, AnotherDeviceReadsANameOnlyWithAGrantedKey) {
  ScriptedServer server;
  Rig first(server, 1);
  first.connect();
  const PersonId person = entity_cast<PersonId>(first.record_person("张三丰", kIdNumber));
  first.exchange();
  first.core->disconnected(first.now());
  Rig second(server, 2);
  second.connect();
  auto& notebook = second.core->notebook();
  EXPECT_EQ(notebook.personal(person).error().code, Errc::wrong_key);
  FrameWriter request;
  auto asked = request.root().initKeyRequest();
  asked.setTogether(true);
  asked.initSubjects(1).set(0, person.value);
  for (const Bytes& answer : server.handle(request.finish())) {
    second.core->feed(answer, second.now());
  }
  EXPECT_EQ(notebook.personal(person).value().name, "张三丰");
  second.open();
  EXPECT_EQ(second.core->notebook().personal(person).value().name, "张三丰");
}

TEST(ClientPersonalData, TwoSpellingsOfOneNumberGiveOneIndex) {
  SymmetricKey key{};
  EXPECT_EQ(client::blind_index(key, "11010519491231002x"),
            client::blind_index(key, "110105 19491231 002X"));
  EXPECT_NE(client::blind_index(key, "11010519491231002X"),
            client::blind_index(key, "34052419800101001X"));
}

TEST(ClientPersonalData, AnEncodedPersonHidesTheLengthOfTheNameAndReadsBack) {
  PersonalData data{"李", "", "13900000000", CivilDate{2001, 2, 28}, "note"};
  const Bytes plain = client::encode_personal(data);
  EXPECT_EQ(plain.size() % 64, 0U);
  EXPECT_EQ(client::decode_personal(plain).value(), data);
}

}  // namespace
}  // namespace houniao::tests
