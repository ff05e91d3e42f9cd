// A bundle carries a log whole, or in part, and says so when it was touched.
#include "tools/audit/bundle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "replay/digest.h"
#include "tests/crash/audited_log.h"
#include "tests/crash/mutation_count.h"
#include "tests/crash/mutation_tally.h"

namespace houniao {
namespace {

using audit::BundleItem;
using audit::BundleReader;
using audit::BundleWriter;
using crash::LogMaker;
using crash::must;
using crash::SeededRandom;
using crash::TemporaryDirectory;
namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20'201'127;
constexpr std::size_t kPushes = 30;
// Of each class, in a normal run; HOUNIAO_MUTATIONS asks for another number in all.
constexpr int kByteMutations = 600;
constexpr int kItemMutations = 600;
// Each of the two campaigns takes half of what HOUNIAO_MUTATIONS asks for.
constexpr int kShare = 2;

const char* name_of(BundleItem kind) {
  switch (kind) {
    case BundleItem::manifest:
      return "manifest";
    case BundleItem::checkpoint:
      return "checkpoint";
    case BundleItem::device_head:
      return "device head";
    case BundleItem::scope_head:
      return "scope head";
    case BundleItem::tile:
      return "tile";
    case BundleItem::pack:
      return "pack";
    case BundleItem::key:
      return "key";
    case BundleItem::records:
      return "records";
    case BundleItem::subtree:
      return "subtree";
    case BundleItem::end:
      return "end";
  }
  return "item of no kind";
}

struct Item {
  BundleItem kind{};
  Bytes content;
};

class BundleTest : public testing::Test {
 protected:
  BundleTest() {
    log_ = must(LmdbStore::open(directory_.path() / "log"));
    LogMaker maker(*log_, kSeed);
    maker.play(kPushes);
    vkey_ = maker.verifier_key();
    digest_ = digest(maker.state());
  }

  fs::path file(const std::string& name) const { return directory_.path() / name; }
  audit::BundleSummary write(const fs::path& path, const audit::BundleOptions& options = {}) const {
    return must(audit::write_bundle(*log_, vkey_, {}, nullptr, options, path));
  }
  audit::BundleReport check(const fs::path& path) const {
    audit::Options options;
    options.verifier_key = vkey_;
    return must(audit::verify_bundle(path, options));
  }
  static std::vector<Item> items_of(const fs::path& path) {
    std::vector<Item> out;
    auto reader = must(BundleReader::open(path));
    while (const auto item = must(reader->next())) {
      out.push_back({item->kind, Bytes(item->content.begin(), item->content.end())});
    }
    return out;
  }
  // A bundle that reads well and says something else: its end is computed again.
  static void write_items(const fs::path& path, const std::vector<Item>& items) {
    auto writer = must(BundleWriter::create(path));
    for (const Item& item : items) must(writer->add(item.kind, item.content));
    must(writer->finish());
  }
  // Both kinds: everything, and a stretch in the middle with the hashes of the rest.
  static std::vector<std::pair<const char*, audit::BundleOptions>> kinds() {
    audit::BundleOptions part;
    part.from = Seq{20};
    part.to = Seq{60};
    return {{"whole", {}}, {"part", part}};
  }
  static bool says(const audit::BundleReport& report, audit::Check check, const char* what) {
    return std::any_of(report.report.findings.begin(), report.report.findings.end(),
                       [&](const audit::Finding& finding) {
                         return finding.check == check &&
                                finding.what.find(what) != std::string::npos;
                       });
  }
  static std::vector<Item>::iterator first_of(std::vector<Item>& items, BundleItem kind) {
    return std::find_if(items.begin(), items.end(),
                        [&](const Item& item) { return item.kind == kind; });
  }
  static bool is_old_checkpoint(const std::vector<Item>& items, std::size_t at) {
    return items[at].kind == BundleItem::checkpoint && items[at + 1].kind == BundleItem::checkpoint;
  }
  static Bytes read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }
  static void write_file(const fs::path& path, const Bytes& bytes) {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<LmdbStore> log_;
  std::string vkey_;
  Hash digest_;
};

TEST_F(BundleTest, the_whole_log_verifies_and_gives_the_same_digest) {
  const auto summary = write(file("whole"));
  EXPECT_EQ(summary.records, log_->head().size.value);
  EXPECT_EQ(summary.left_out, 0u);
  const audit::BundleReport report = check(file("whole"));
  EXPECT_TRUE(report.report.ok()) << audit::to_text(report);
  EXPECT_TRUE(report.whole);
  EXPECT_FALSE(report.own_key);
  EXPECT_EQ(report.report.digest, digest_);
  EXPECT_EQ(report.report.size, log_->head().size);
}

TEST_F(BundleTest, a_part_proves_its_records_with_the_hashes_of_the_rest) {
  audit::BundleOptions options;
  options.from = Seq{20};
  options.to = Seq{60};
  const auto summary = write(file("part"), options);
  EXPECT_GT(summary.records, 40u);
  EXPECT_GT(summary.left_out, 0u);
  EXPECT_EQ(summary.records + summary.left_out, log_->head().size.value);
  const audit::BundleReport report = check(file("part"));
  EXPECT_TRUE(report.report.ok()) << audit::to_text(report);
  EXPECT_FALSE(report.whole);
  EXPECT_EQ(report.left_out, summary.left_out);
}

TEST_F(BundleTest, a_scope_alone_can_be_handed_over) {
  audit::BundleOptions options;
  options.scopes = {ScopeId{9'999}};
  const auto summary = write(file("scope"), options);
  EXPECT_LT(summary.records, log_->head().size.value) << "the station's records are left out";
  EXPECT_TRUE(check(file("scope")).report.ok());
}

TEST_F(BundleTest, the_wrong_key_is_noticed_and_a_key_from_the_bundle_is_said) {
  write(file("whole"));
  SeededRandom random(7);
  audit::Options options;
  options.verifier_key = verifier_key(crash::kOrigin, make_signing_key(random).verify_key());
  EXPECT_FALSE(must(audit::verify_bundle(file("whole"), options)).report.ok());
  const auto own = must(audit::verify_bundle(file("whole"), {}));
  EXPECT_TRUE(own.report.ok());
  EXPECT_TRUE(own.own_key);
  EXPECT_NE(audit::to_text(own).find("注意"), std::string::npos);
}

TEST_F(BundleTest, a_kept_checkpoint_of_a_longer_log_shows_a_bundle_that_was_rolled_back) {
  write(file("early"));
  audit::Options options;
  options.verifier_key = vkey_;
  // The same keys (same seed), a longer history: what an honest tablet or auditor kept.
  const auto other = must(LmdbStore::open(file("other")));
  LogMaker longer(*other, kSeed);
  longer.play(kPushes + 5);
  options.kept_checkpoints = {other->head().checkpoint};
  EXPECT_FALSE(must(audit::verify_bundle(file("early"), options)).report.ok());
}

TEST_F(BundleTest, no_mutation_of_its_bytes_goes_unnoticed) {
  std::map<std::string, Bytes> good;
  for (const auto& [name, options] : kinds()) {
    write(file(name), options);
    good[name] = read_file(file(name));
  }
  SeededRandom random(kSeed);
  crash::MutationTally tally;
  for (int round = 0; round < crash::mutations(kByteMutations, kShare); ++round) {
    const std::string name = round % 2 == 0 ? "whole" : "part";
    Bytes bad = good[name];
    const std::size_t at = random.below(bad.size());
    std::string kind;
    switch (random.below(4)) {
      case 0:
        kind = "truncated";
        bad.resize(at);
        break;
      case 1:
        kind = "extended";
        bad.push_back(static_cast<std::uint8_t>(random.next()));
        break;
      default:
        kind = "flipped";
        bad[at] ^= static_cast<std::uint8_t>(1 + random.below(255));
    }
    write_file(file("bad"), bad);
    audit::Options options;
    options.verifier_key = vkey_;
    const auto report = audit::verify_bundle(file("bad"), options);
    if (report) {
      EXPECT_TRUE(tally.add(name + ", " + kind, report->report))
          << name << ", " << kind << " at " << at;
    } else {
      tally.add(name + ", " + kind, report.error());
    }
  }
  tally.print();
}

// The forger has the tools: what he changes is packed into a bundle that reads well.
TEST_F(BundleTest, no_change_of_what_it_says_goes_unnoticed) {
  std::map<std::string, std::vector<Item>> all;
  for (const auto& [name, options] : kinds()) {
    write(file(name), options);
    all[name] = items_of(file(name));
  }
  SeededRandom random(kSeed + 1);
  crash::MutationTally tally;
  for (int round = 0; round < crash::mutations(kItemMutations, kShare); ++round) {
    const std::string name = round % 2 == 0 ? "whole" : "part";
    const std::vector<Item>& good = all[name];
    std::vector<Item> bad = good;
    std::size_t at = random.below(bad.size());
    // A pack is a convenience: the log holds the rules that count. Of old checkpoints a log keeps
    // some: a missing one takes nothing away.
    while (bad[at].kind == BundleItem::pack || is_old_checkpoint(bad, at)) {
      at = random.below(bad.size());
    }
    std::string kind;
    switch (random.below(4)) {
      case 0:
        kind = "dropped";
        bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        kind = "doubled";
        bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(at), bad[at]);
        break;
      default: {
        kind = "edited";
        if (bad[at].content.empty()) continue;
        // The manifest's words are no evidence; its numbers are compared.
        if (bad[at].kind == BundleItem::manifest) continue;
        bad[at].content[random.below(bad[at].content.size())] ^=
            static_cast<std::uint8_t>(1 + random.below(255));
      }
    }
    write_items(file("bad"), bad);
    kind = name + ", " + kind + " " + name_of(good[at].kind);
    EXPECT_TRUE(tally.add(kind, check(file("bad")).report)) << kind << ", item " << at;
  }
  tally.print();
}

TEST_F(BundleTest, CanaryAnUntouchedBundleIsNotAccused) {
  for (const auto& [name, options] : kinds()) {
    write(file(name), options);
    write_items(file("again"), items_of(file(name)));
    EXPECT_TRUE(check(file("again")).report.ok()) << name;
  }
}

TEST_F(BundleTest, a_record_behind_the_last_one_that_the_log_signed_is_refused) {
  write(file("whole"));
  std::vector<Item> items = items_of(file("whole"));
  Item& last = items.back();
  ASSERT_EQ(last.kind, BundleItem::records);
  const RecordRun run = must(log_->read(Seq{log_->head().size.value - 1}, 1));
  append(last.content, run.record(0));
  write_items(file("more"), items);
  EXPECT_TRUE(says(check(file("more")), audit::Check::storage, "more records than"))
      << audit::to_text(check(file("more")));
}

TEST_F(BundleTest, a_tile_that_its_tree_does_not_have_is_refused) {
  write(file("whole"));
  const std::vector<Item> good = items_of(file("whole"));
  for (const auto& [level, index] : {std::pair{0, 99}, {1, 1}, {7, 0}, {200, 0}}) {
    std::vector<Item> items = good;
    const auto pack = first_of(items, BundleItem::pack);
    Item tile{BundleItem::tile, {}};
    audit::put_number(tile.content, static_cast<std::uint64_t>(level), 1);
    audit::put_number(tile.content, static_cast<std::uint64_t>(index), 8);
    append(tile.content, Hash{}.view());
    items.insert(pack, tile);
    write_items(file("more"), items);
    EXPECT_TRUE(says(check(file("more")), audit::Check::storage, "a tile that its tree"))
        << "level " << level << " index " << index;
  }
}

TEST_F(BundleTest, a_part_with_tables_that_nobody_compares_is_refused) {
  write(file("whole"));
  std::vector<Item> whole = items_of(file("whole"));
  write(file("part"), kinds()[1].second);
  std::vector<Item> items = items_of(file("part"));
  items.insert(first_of(items, BundleItem::pack), *first_of(whole, BundleItem::scope_head));
  write_items(file("more"), items);
  EXPECT_TRUE(says(check(file("more")), audit::Check::storage, "a part has no tables"));
}

TEST_F(BundleTest, a_note_longer_than_any_checkpoint_is_refused) {
  write(file("whole"));
  std::vector<Item> items = items_of(file("whole"));
  first_of(items, BundleItem::checkpoint)->content.resize(8 + kNoteBytesMax + 1, 'x');
  write_items(file("long"), items);
  EXPECT_TRUE(says(check(file("long")), audit::Check::storage, "a checkpoint of a wrong length"));
}

// A small file that unpacks to more than a reader has.
TEST_F(BundleTest, a_bundle_that_asks_its_reader_for_too_much_memory_is_refused) {
  constexpr std::uint32_t kHeads = 700'000;
  write(file("whole"));
  const std::vector<Item> items = items_of(file("whole"));
  auto writer = must(BundleWriter::create(file("bomb")));
  must(writer->add(BundleItem::manifest, items.front().content));
  Bytes head(16 + 4 + 8 + 32 + 8, 0);
  for (std::uint32_t i = 0; i < kHeads; ++i) {
    for (int byte = 0; byte < 4; ++byte) {
      head[static_cast<std::size_t>(byte)] = static_cast<std::uint8_t>(i >> (24 - 8 * byte));
    }
    must(writer->add(BundleItem::device_head, head));
  }
  must(writer->finish());
  ASSERT_LT(fs::file_size(file("bomb")), 12U << 20);
  EXPECT_TRUE(says(check(file("bomb")), audit::Check::storage, "MiB of memory"))
      << audit::to_text(check(file("bomb")));
}

TEST_F(BundleTest, a_manifest_of_other_types_is_a_finding_and_no_exception) {
  write(file("whole"));
  const std::vector<Item> good = items_of(file("whole"));
  for (const char* manifest :
       {R"({"format":1})", R"({"format":null,"size":3,"whole":true})", R"([])", R"(7)", "",
        R"({"format":"houniao-bundle-1","size":-3,"whole":true})",
        R"({"format":"houniao-bundle-1","size":"3","whole":true})",
        R"({"format":"houniao-bundle-1","size":3,"whole":1})"}) {
    std::vector<Item> items = good;
    const ByteView bytes = as_bytes(std::string_view(manifest));
    items.front().content.assign(bytes.begin(), bytes.end());
    write_items(file("odd"), items);
    audit::BundleReport report;
    ASSERT_NO_THROW(report = check(file("odd"))) << manifest;
    EXPECT_TRUE(says(report, audit::Check::storage, "manifest cannot be read")) << manifest;
  }
  std::vector<Item> items = good;
  auto json = nlohmann::json::parse(as_text(items.front().content));
  json["verifier_key"] = 5;
  const std::string text = json.dump();
  items.front().content.assign(text.begin(), text.end());
  write_items(file("odd"), items);
  EXPECT_TRUE(check(file("odd")).report.ok()) << "the auditor has the key from elsewhere";
  EXPECT_FALSE(must(audit::verify_bundle(file("odd"), {})).report.ok());
}

TEST_F(BundleTest, an_empty_one_without_a_signature_is_not_whole) {
  for (const char* whole : {"true", "false"}) {
    const std::string manifest =
        std::string(R"({"format":"houniao-bundle-1","size":0,"whole":)") + whole + "}";
    const ByteView bytes = as_bytes(manifest);
    write_items(file("empty"), {{BundleItem::manifest, Bytes(bytes.begin(), bytes.end())}});
    EXPECT_FALSE(check(file("empty")).report.ok()) << whole;
  }
}

TEST_F(BundleTest, a_demanded_witness_must_have_cosigned_its_newest_checkpoint) {
  SeededRandom random(9);
  const SigningKey witness = make_signing_key(random);
  const std::string note = log_->head().checkpoint;
  const std::string text = must(split_note(note)).text;
  const std::string line = cosign(text, "witness.test/one", witness, 1'500'000'000);
  for (const auto& [name, options] : kinds()) {
    must(audit::write_bundle(*log_, vkey_, {note + line}, nullptr, options, file(name)));
    audit::Options demanded;
    demanded.verifier_key = vkey_;
    demanded.witnesses = {{"witness.test/one", witness.verify_key()}};
    EXPECT_TRUE(must(audit::verify_bundle(file(name), demanded)).report.ok()) << name;
    demanded.witnesses.push_back({"witness.test/two", make_signing_key(random).verify_key()});
    EXPECT_TRUE(says(must(audit::verify_bundle(file(name), demanded)), audit::Check::witnesses,
                     "it did not cosign the newest checkpoint"))
        << name;
  }
}

TEST_F(BundleTest, a_demanded_device_must_be_known_to_the_log) {
  const DeviceId known = must(log_->device_heads()).back().device;
  for (const auto& [name, options] : kinds()) {
    write(file(name), options);
    audit::Options demanded;
    demanded.verifier_key = vkey_;
    demanded.devices = {known};
    EXPECT_TRUE(must(audit::verify_bundle(file(name), demanded)).report.ok()) << name;
    demanded.devices.push_back(DeviceId{});
    EXPECT_TRUE(says(must(audit::verify_bundle(file(name), demanded)), audit::Check::witnesses,
                     "the log does not know this device"))
        << name;
  }
}

TEST_F(BundleTest, says_which_packs_and_claims_were_not_checked) {
  write(file("whole"));
  const audit::BundleReport report = check(file("whole"));
  const auto json = audit::to_json(report)["bundle"];
  EXPECT_GT(json["packs"]["in_bundle"], 0);
  EXPECT_EQ(json["packs"]["checked"], 0) << "this log published no hash";
  EXPECT_EQ(json["packs"]["not_checked"], json["packs"]["in_bundle"]);
  EXPECT_TRUE(json["manifest"]["verifier_key_checked"]);
  EXPECT_NE(audit::to_text(report).find("not checked, no evidence"), std::string::npos);
}

TEST_F(BundleTest, a_manifest_that_the_records_contradict_is_named) {
  for (const auto& [name, options] : kinds()) write(file(name), options);
  SeededRandom random(11);
  const std::string stranger = verifier_key(crash::kOrigin, make_signing_key(random).verify_key());
  const std::vector<std::tuple<const char*, const char*, nlohmann::json>> lies = {
      {"whole", "from", 3},
      {"whole", "verifier_key", stranger},
      {"part", "from", 40},
      {"part", "to", 30},
      {"part", "to", 100'000},
      {"part", "scopes", nlohmann::json::array({9'999})},
      {"part", "verifier_key", stranger}};
  for (const auto& [name, member, value] : lies) {
    std::vector<Item> items = items_of(file(name));
    auto json = nlohmann::json::parse(as_text(items.front().content));
    json[member] = value;
    const std::string text = json.dump();
    items.front().content.assign(text.begin(), text.end());
    write_items(file("lie"), items);
    const audit::BundleReport report = check(file("lie"));
    EXPECT_TRUE(std::any_of(report.report.findings.begin(), report.report.findings.end(),
                            [](const audit::Finding& f) { return f.where == "manifest"; }))
        << name << " " << member << "\n"
        << audit::to_text(report);
  }
}

TEST_F(BundleTest, members_that_the_manifest_adds_are_named_and_one_twice_is_refused) {
  write(file("whole"));
  std::vector<Item> items = items_of(file("whole"));
  const std::string genuine(as_text(items.front().content));
  const auto with = [&](const std::string& more) {
    const std::string text = genuine.substr(0, genuine.size() - 1) + more + "}";
    items.front().content.assign(text.begin(), text.end());
    write_items(file("more"), items);
    return check(file("more"));
  };
  const audit::BundleReport added = with(R"(,"approved\u001b[1m":"by all")");
  EXPECT_TRUE(added.report.ok()) << "no evidence for anything";
  EXPECT_EQ(added.manifest.unknown, std::vector<std::string>{"approved\x1b[1m"});
  const std::string text = audit::to_text(added);
  EXPECT_NE(text.find(R"("approved\u001b[1m")"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "it goes to a terminal";
  EXPECT_TRUE(says(with(R"(,"size":1)"), audit::Check::storage, "one member twice"));
}

TEST_F(BundleTest, one_that_cannot_be_read_is_not_headed_a_part_of_the_log) {
  write(file("whole"));
  Bytes bytes = read_file(file("whole"));
  bytes.resize(40);
  write_file(file("cut"), bytes);
  const std::string text = audit::to_text(check(file("cut")));
  EXPECT_NE(text.find("it could not be read"), std::string::npos) << text;
  EXPECT_EQ(text.find("a part of the log;"), std::string::npos) << text;
}

TEST_F(BundleTest, names_the_newest_key_of_the_log) {
  for (const auto& [name, options] : kinds()) {
    write(file(name), options);
    const audit::BundleReport report = check(file(name));
    EXPECT_EQ(report.report.newest_key, vkey_) << name;
    EXPECT_TRUE(report.report.trusts_newest_key) << name;
    EXPECT_EQ(audit::to_json(report)["newest_key"]["vkey"], vkey_) << name;
  }
}

}  // namespace
}  // namespace houniao
