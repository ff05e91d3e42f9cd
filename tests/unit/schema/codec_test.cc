#include "schema/codec.h"

#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"
#include "schema/frames.h"
#include "schema/shape.h"

namespace houniao {
namespace {

Bytes sample_event(std::uint64_t seq = 1) {
  capnp::MallocMessageBuilder builder;
  auto event = builder.initRoot<schema::Event>();
  const DeviceId device{{1, 2, 3}};
  event.setDevice(to_data(device.bytes));
  event.setDeviceSeq(seq);
  event.setPrevHash(to_data(Hash{}));
  event.setScope(16);
  auto body = event.getBody().initServiceDelivered();
  body.setKind("legal_advice");
  body.setPersons({7, 8});
  body.setQuantity(2);
  auto shares = body.initShares(1);
  shares[0].setFund(9);
  shares[0].setPermille(1000);
  return encode(builder);
}

TEST(EventReader, ReadsBackWhatWasWrittenByteForByte) {
  const Bytes bytes = sample_event();
  EventReader reader;
  ASSERT_TRUE(reader.open_untrusted(bytes));
  EXPECT_EQ(reader.type(), EventType::SERVICE_DELIVERED);
  EXPECT_EQ(reader.row()->name, "ServiceDelivered");
  EXPECT_EQ(reader.device_seq().value, 1U);
  EXPECT_EQ(reader.get().getBody().getServiceDelivered().getPersons()[1], 8U);
  EXPECT_TRUE(equal(reader.bytes(), bytes));
}

TEST(EventReader, ReadsFromAnyAlignment) {
  const Bytes bytes = sample_event();
  for (std::size_t shift = 0; shift < 8; ++shift) {
    Bytes moved(shift, 0xee);
    append(moved, bytes);
    EventReader reader;
    ASSERT_TRUE(reader.open_untrusted(ByteView(moved).subspan(shift)));
    EXPECT_EQ(reader.device_seq().value, 1U);
  }
}

TEST(EventReader, RefusesEveryTruncation) {
  const Bytes bytes = sample_event();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EventReader reader;
    EXPECT_FALSE(reader.open_untrusted(ByteView(bytes).first(size))) << size;
  }
}

TEST(EventReader, RefusesWhatIsOverTheLimit) {
  Bytes bytes(limits::kEventBytesMax + 8);
  EventReader reader;
  const auto opened = reader.open_untrusted(bytes);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::too_large);
}

// After the check every typed getter must work; the walk below touches what families read.
TEST(EventReader, NeverLetsACorruptMessageThroughToTheGetters) {
  const Bytes good = sample_event();
  std::mt19937_64 random(1);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = good;
    const int flips = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < flips; ++i)
      bytes[8 + random() % (bytes.size() - 8)] ^= 1U << (random() % 8);
    EventReader reader;
    if (!reader.open_untrusted(bytes)) continue;
    ++accepted;
    EXPECT_NO_THROW({
      auto event = reader.get();
      for (auto cause : event.getCauses()) static_cast<void>(cause);
      if (event.getBody().isServiceDelivered()) {
        auto body = event.getBody().getServiceDelivered();
        static_cast<void>(body.getKind().size() + body.getUnit().size());
        for (auto person : body.getPersons()) static_cast<void>(person);
        for (auto share : body.getShares()) static_cast<void>(share.getFund());
      }
    });
  }
  EXPECT_GT(accepted, 100) << "the test must also see messages that pass";
}

TEST(EventReader, KeepsTextsToUtf8) {
  EXPECT_TRUE(valid_utf8("候鸟 houniao"));
  EXPECT_FALSE(valid_utf8("\xc0\x80"));          // overlong
  EXPECT_FALSE(valid_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(valid_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  EXPECT_FALSE(valid_utf8("\xe5\x80"));          // cut off
}

TEST(Record, CarriesTheEventUnchangedAndFramesItself) {
  const Bytes event = sample_event();
  Bytes stream;
  const std::uint16_t reasons[] = {3, 9};
  const RecordHeader header{Seq{41}, WallTime{5},           ScopeId{16},
                            2,       sha256(as_bytes("x")), schema::Verdict::FLAGGED,
                            reasons};
  const std::size_t first = append_event_record(stream, header, event);
  AttestationData attestation;
  attestation.through = DeviceSeq{1};
  append_attestation_record(
      stream, {Seq{42}, WallTime{6}, kScopeLog, 0, {}, schema::Verdict::ACCEPTED, {}}, attestation);
  std::vector<Bytes> messages;
  ASSERT_TRUE(for_each_message(stream, [&](ByteView m) -> Result<void> {
    messages.emplace_back(m.begin(), m.end());
    return {};
  }));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].size(), first);
  RecordReader reader;
  ASSERT_TRUE(reader.open_untrusted(messages[0]));
  EXPECT_EQ(reader.seq(), Seq{41});
  EXPECT_TRUE(equal(reader.event_bytes(), event));
  EXPECT_EQ(reader.get().getReasons()[1], 9);
  ASSERT_TRUE(reader.open_untrusted(messages[1]));
  EXPECT_FALSE(reader.is_event());
}

TEST(Record, HoldsTheLargestEvent) {
  const Bytes event(limits::kEventBytesMax, 7);
  std::vector<std::uint16_t> reasons(200, 1);
  Bytes stream;
  append_event_record(stream, {Seq{1}, {}, ScopeId{2}, 1, {}, schema::Verdict::HELD, reasons},
                      event);
  RecordReader reader;
  EXPECT_TRUE(reader.open_untrusted(stream));
}

TEST(Frame, RefusesFixedFieldsOfTheWrongLength) {
  FrameWriter writer;
  auto hello = writer.root().initHello();
  hello.setPublicKey(to_data(as_bytes("short")));
  FrameReader reader;
  const auto opened = reader.open(writer.finish());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::malformed);
}

TEST(Frame, ErrorSaysWhatToDoInBothLanguages) {
  const Bytes bytes = error_frame(fail(Errc::revoked_device, "device 7"), true, 3);
  FrameReader reader;
  ASSERT_TRUE(reader.open(bytes));
  auto error = reader.get().getError();
  EXPECT_EQ(errc_from_number(error.getCode()), Errc::revoked_device);
  EXPECT_GT(error.getWhatToDoZh().size(), 0U);
  EXPECT_GT(error.getWhatToDoEn().size(), 0U);
}

TEST(Catalogue, FindsRowsByNameAndNumber) {
  const CatalogueRow* row = find_row("PersonRegistered");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->type, EventType::PERSON_REGISTERED);
  EXPECT_EQ(find_row(std::uint16_t{60000}), nullptr);
  EXPECT_EQ(find_row("NoSuchEvent"), nullptr);
}

// The schema is the other side of the catalogue: every member of the union has its row.
TEST(Catalogue, HasARowForEveryMemberOfTheUnion) {
  const auto body =
      capnp::Schema::from<schema::Event>().getFieldByName("body").getType().asStruct();
  EXPECT_EQ(body.getUnionFields().size(), kCatalogue.size());
  for (auto field : body.getUnionFields()) {
    std::string name = field.getProto().getName().cStr();
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    const CatalogueRow* row = find_row(field.getProto().getDiscriminantValue());
    ASSERT_NE(row, nullptr) << name;
    EXPECT_EQ(row->name, name);
  }
}

}  // namespace
}  // namespace houniao
