// Readers without calls into Cap'n Proto, against the generated readers.
#include "schema/trusted.h"

#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "schema/codec.h"
#include "schema/segment.h"

namespace houniao {
namespace {

unsigned place_of(capnp::StructSchema schema, const char* member) {
  return schema.getFieldByName(member).getProto().getSlot().getOffset();
}

TEST(TrustedPlaces, are_those_of_the_schema) {
  const auto record = capnp::Schema::from<schema::Record>();
  EXPECT_EQ(trusted::record::kReasons, place_of(record, "reasons"));
  EXPECT_EQ(trusted::record::kEvent, place_of(record, "event"));
  const auto event = capnp::Schema::from<schema::Event>();
  EXPECT_EQ(trusted::event::kDevice, place_of(event, "device"));
}

TEST(TrustedPlaces, of_the_body_is_one_for_all_types) {
  const auto body = capnp::Schema::from<schema::Event>().getFieldByName("body");
  for (const auto member : body.getType().asStruct().getFields()) {
    EXPECT_EQ(member.getProto().getSlot().getOffset(), trusted::event::kBody)
        << member.getProto().getName().cStr();
    EXPECT_TRUE(member.getType().isStruct());
  }
}

// One reader over the words of a message, as the fold makes it and as Cap'n Proto does.
struct Both {
  explicit Both(const Bytes& bytes) : words(bytes.size() / sizeof(capnp::word)) {
    std::memcpy(words.data(), bytes.data(), bytes.size());
    checked.emplace(kj::arrayPtr(words.data(), words.size()));
  }
  kj::ArrayPtr<const capnp::word> segment() const {
    return kj::arrayPtr(words.data(), words.size()).slice(1, words.size());
  }
  std::vector<capnp::word> words;
  std::optional<capnp::FlatArrayMessageReader> checked;
};

class Message {
 public:
  explicit Message(std::uint64_t seed) : dice_(seed) {}

  Bytes make() {
    capnp::MallocMessageBuilder builder;
    auto event = builder.initRoot<schema::Event>();
    if (roll()) event.setDevice(data());
    if (roll()) event.setPrevHash(data());
    event.setDeviceSeq(dice_());
    event.setOccurredMinute(static_cast<std::int16_t>(dice_()));
    if (roll()) event.initCauses(3).set(1, dice_());
    if (roll()) event.initEvidence(1)[0].setSha256(data());
    auto body = event.getBody();
    if (roll()) {
      auto person = body.initPersonRegistered();
      if (roll()) person.setBlindIndex(data());
      if (roll()) person.initTags(2).set(1, "tag");
      person.setNativeRegion(static_cast<std::uint32_t>(dice_()));
    } else if (roll()) {
      auto served = body.initServiceDelivered();
      if (roll()) served.setKind("legal_advice");
      if (roll()) served.initPersons(5).set(4, dice_());
      if (roll()) served.initShares(1)[0].setFund(dice_());
      served.setQuantity(static_cast<std::int64_t>(dice_()));
    }
    return encode(builder);
  }

 private:
  bool roll() { return dice_() % 2 == 0; }
  capnp::Data::Reader data() {
    bytes_.assign(dice_() % 40, static_cast<std::uint8_t>(dice_()));
    return to_data(bytes_);
  }

  std::mt19937_64 dice_;
  Bytes bytes_;
};

void expect_same(schema::Event::Reader a, schema::Event::Reader b) {
  EXPECT_EQ(a.getDeviceSeq(), b.getDeviceSeq());
  EXPECT_EQ(a.getOccurredMinute(), b.getOccurredMinute());
  EXPECT_TRUE(equal(trusted::data_at(a, trusted::event::kDevice), to_view(b.getDevice())));
  EXPECT_TRUE(equal(trusted::data_at(b, trusted::event::kDevice), to_view(b.getDevice())));
  EXPECT_EQ(trusted::has_at(a, 3), b.hasEvidence());
  EXPECT_EQ(trusted::has_at(b, 3), b.hasEvidence());
  // Every member, the lists and texts below it included.
  EXPECT_TRUE(capnp::AnyStruct::Reader(a) == capnp::AnyStruct::Reader(b));
  const auto person = [](schema::Event::Reader event) {
    return trusted::struct_at<schema::PersonRegistered>(event, trusted::event::kBody);
  };
  EXPECT_TRUE(capnp::AnyStruct::Reader(person(a)) == capnp::AnyStruct::Reader(person(b)));
  if (b.getBody().which() == schema::Event::Body::PERSON_REGISTERED) {
    const auto expected = b.getBody().getPersonRegistered();
    EXPECT_TRUE(capnp::AnyStruct::Reader(person(a)) == capnp::AnyStruct::Reader(expected));
    EXPECT_EQ(person(a).getNativeRegion(), expected.getNativeRegion());
    EXPECT_TRUE(equal(to_view(person(a).getBlindIndex()), to_view(expected.getBlindIndex())));
  }
}

TEST(TrustedReader, says_the_same_as_the_generated_reader) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const Both both(Message(seed).make());
    ASSERT_TRUE(is_self_contained(both.segment()));
    const auto checked = const_cast<Both&>(both).checked->getRoot<schema::Event>();
    expect_same(trusted::root<schema::Event>(both.segment().begin()), checked);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

// A message of a writer that knew fewer members: a short struct, or none at all.
TEST(TrustedReader, gives_the_defaults_of_members_that_a_shorter_struct_does_not_have) {
  const auto root_of = [](std::vector<std::uint64_t> words) {
    std::vector<capnp::word> out(words.size());
    std::memcpy(static_cast<void*>(out.data()), words.data(), words.size() * 8);
    return out;
  };
  // One word of data and one pointer, which is empty; then a root that is empty.
  for (const auto& words :
       {root_of({std::uint64_t{1} << 32 | std::uint64_t{1} << 48, 42, 0}), root_of({0})}) {
    ASSERT_TRUE(is_self_contained(kj::arrayPtr(words.data(), words.size())));
    const auto event = trusted::root<schema::Event>(words.data());
    EXPECT_EQ(event.getDeviceSeq(), words.size() == 3 ? 42u : 0u);
    EXPECT_EQ(event.getOccurredMinute(), -1);
    EXPECT_TRUE(trusted::data_at(event, trusted::event::kDevice).empty());
    EXPECT_FALSE(trusted::has_at(event, trusted::event::kBody));
    const auto body = trusted::struct_at<schema::ServiceDelivered>(event, trusted::event::kBody);
    EXPECT_EQ(body.getQuantity(), 0);
    EXPECT_EQ(body.getKind().size(), 0u);
    EXPECT_EQ(body.getPersons().size(), 0u);
  }
}

// A pointer of the wrong kind is no crash and no value: Cap'n Proto says what is wrong.
TEST(TrustedReader, leaves_pointers_of_another_kind_to_the_library) {
  std::vector<std::uint64_t> raw(1 + 6, 0);
  raw[0] = std::uint64_t{6} << 48;                               // no data, six pointers
  raw[1 + trusted::event::kDevice] = std::uint64_t{0xfffffffc};  // an empty struct, not a list
  raw[1 + trusted::event::kBody] = 1 | std::uint64_t{2} << 32;   // an empty list, not a struct
  std::vector<capnp::word> words(raw.size());
  std::memcpy(static_cast<void*>(words.data()), raw.data(), raw.size() * 8);
  ASSERT_TRUE(is_self_contained(kj::arrayPtr(words.data(), words.size())));
  const auto event = trusted::root<schema::Event>(words.data());
  EXPECT_THROW(trusted::data_at(event, trusted::event::kDevice), kj::Exception);
  EXPECT_THROW(trusted::struct_at<schema::ServiceDelivered>(event, trusted::event::kBody),
               kj::Exception);
}

}  // namespace
}  // namespace houniao
