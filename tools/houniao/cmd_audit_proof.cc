// houniao audit proof: a file that proves without any server that one event is in the log, and the
// check of such a file (C2SP tlog-proof).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/os/os.h"
#include "replay/cosignature.h"
#include "replay/state.h"
#include "replay/tlog_proof.h"
#include "schema/codec.h"
#include "server/cosignatures.h"
#include "server/log/lmdb_store.h"
#include "server/log/log_node_source.h"
#include "server/state_view.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"
#include "tools/houniao/output_file.h"

namespace houniao {
namespace {

struct Make {
  std::string data;
  std::string event;
  std::string file;
  bool with_record = false;
};

struct Check {
  std::string file;
  std::string record;
  std::vector<std::string> keys;
  std::vector<std::string> witnesses;
};

Result<Seq> place_of(const Make& args, Context& context) {
  const EventId id = parse_event_id(args.event);
  if (!id) return fail(Errc::invalid_argument, "--event: such as 7-1234, not " + args.event);
  const auto fold = fold_offline(args.data, AsOf{}, false, context.clock, {});
  if (!fold) return fold.error();
  const auto seq = seq_of_event(fold->replayer.state(), id);
  if (!seq) return fail(Errc::not_found, "the log has no event " + args.event);
  return *seq;
}

Result<TlogProof> make_proof(const Make& args, Context& context) {
  const auto seq = place_of(args, context);
  if (!seq) return seq.error();
  const std::filesystem::path data = args.data;
  auto log = LmdbStore::open(data / "log", {.read_only = true});
  if (!log) return std::move(log).error();
  const LogHead head = (*log)->head();
  TlogProof out;
  out.index = *seq;
  out.checkpoint = head.checkpoint;
  std::error_code error;
  if (std::filesystem::is_directory(data / "cosigned", error)) {
    const auto cosigned = Cosignatures::open(data / "cosigned");
    if (!cosigned) return cosigned.error();
    out.checkpoint = (*cosigned)->with_cosignatures(std::move(out.checkpoint));
  }
  auto path = merkle::inclusion_proof(LogNodeSource(**log), *seq, head.size);
  if (!path) return std::move(path).error();
  out.path = std::move(*path);
  if (!args.with_record) return out;
  const auto run = (*log)->read(*seq, 1);
  if (!run) return run.error();
  const ByteView record = run->record(0);
  out.extra.emplace(record.begin(), record.end());
  return out;
}

void make(const Make& args, Context& context) {
  if (args.data.empty() || args.event.empty()) {
    return context.fail(
        fail(Errc::invalid_argument,
             "--data and --event are needed; or `houniao audit proof verify FILE`"));
  }
  if (!context.check(expect_output(args.file, args.data))) return;
  const DamagedStorage damaged(context);
  const auto proof = make_proof(args, context);
  if (!context.check(proof)) return;
  const std::string text = write_tlog_proof(*proof);
  if (!args.file.empty()) {
    if (!context.check(os::write_file_durably(args.file, as_bytes(text)))) return;
  }
  if (context.json) {
    Json out = {{"event", args.event}, {"record", proof->index.value}};
    if (args.file.empty()) {
      out["proof"] = text;
    } else {
      out["file"] = args.file;
    }
    write_json(context.out, out);
  } else if (args.file.empty()) {
    context.out << text;
  } else {
    context.out << "事件 " << args.event << " 的证明已写入 / proof of event " << args.event << ": "
                << args.file << "\n";
  }
}

Result<Bytes> record_of(const Check& args, const TlogProof& proof) {
  if (!args.record.empty()) return os::read_file(args.record, kRecordBytesMax);
  if (proof.extra) return *proof.extra;
  return fail(Errc::invalid_argument,
              "the file holds no record; give the record's bytes with --record FILE");
}

// A key with the number of records from which it signs, as `audit vkey --all` prints them.
struct TrustedKey {
  TreeSize from;
  bool states_from = false;
  LogKeys keys;
};

Result<TrustedKey> parse_trusted_key(std::string_view line) {
  TrustedKey out{TreeSize{0}, false, LogKeys("x", VerifyKey{})};
  if (const std::size_t space = line.find(' '); space != std::string_view::npos) {
    const char* const end = line.data() + space;
    const auto [rest, code] = std::from_chars(line.data(), end, out.from.value);
    if (code != std::errc() || rest != end) {
      return fail(Errc::invalid_argument,
                  "--key: a verifier key, or a line of `houniao audit vkey --all`");
    }
    out.states_from = true;
    line.remove_prefix(space + 1);
  }
  auto keys = LogKeys::of(line);
  if (!keys) return fail(Errc::invalid_argument, "--key: " + keys.error().detail);
  out.keys = std::move(*keys);
  return out;
}

// In the order in which they came into force. One argument may hold several lines.
Result<std::vector<TrustedKey>> parse_trusted_keys(const std::vector<std::string>& texts) {
  std::vector<TrustedKey> out;
  for (const std::string& text : texts) {
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (end > 0) {
        auto key = parse_trusted_key(rest.substr(0, end));
        if (!key) return key.error();
        out.push_back(std::move(*key));
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  if (out.empty()) return fail(Errc::invalid_argument, "--key: a verifier key of the log");
  const bool all_state =
      std::all_of(out.begin(), out.end(), [](const TrustedKey& key) { return key.states_from; });
  if (out.size() > 1 && !all_state) {
    return fail(Errc::invalid_argument,
                "--key: of several keys each must say from where it signs, as the lines of "
                "`houniao audit vkey --all` do");
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const TrustedKey& a, const TrustedKey& b) { return a.from < b.from; });
  return out;
}

// By the key in force at the checkpoint's size, and no other: what a key signs beyond its stretch
// is worth nothing.
Result<Checkpoint> check_with_keys(const TlogProof& proof, ByteView record,
                                   const std::vector<std::string>& texts) {
  const auto trusted = parse_trusted_keys(texts);
  if (!trusted) return trusted.error();
  const auto size = unverified_checkpoint_size(proof.checkpoint);
  if (!size) return size.error();
  const auto after = std::find_if(trusted->begin(), trusted->end(),
                                  [&](const TrustedKey& key) { return key.from >= *size; });
  if (after == trusted->begin()) {
    return fail(Errc::wrong_key, "none of the keys given signs checkpoints of " +
                                     std::to_string(size->value) + " records");
  }
  return verify_tlog_proof(proof, record, std::prev(after)->keys);
}

struct VerdictText {
  const char* name;
  const char* zh;
};
VerdictText text_of(schema::Verdict verdict) {
  switch (verdict) {
    case schema::Verdict::ACCEPTED:
      return {"accepted", "已接受"};
    case schema::Verdict::FLAGGED:
      return {"flagged", "已接受，有提示"};
    case schema::Verdict::HELD:
      return {"held", "待决"};
  }
  return {"unknown", "未知"};
}

// What the record holds. A record names its device by the id; only an enrolment states the number.
Result<Json> event_json(ByteView record, Seq index) {
  RecordReader reader;
  EventReader event;
  HOUNIAO_TRY(reader.open_untrusted(record));
  if (reader.seq() != index) {
    return fail(Errc::corrupt, "the record states another place, " +
                                   std::to_string(reader.seq().value) + ", than the proof");
  }
  Json out = {{"record", index.value}};
  if (!reader.is_event()) {
    const auto said = reader.get().getAttestation();
    out["type"] = "Attestation";
    out["type_zh"] = "设备签名";
    out["device_id"] = to_hex(to_view(said.getDevice()));
    out["device_seq"] = said.getThroughDeviceSeq();
    return Result<Json>(boost::system::in_place_value, std::move(out));
  }
  HOUNIAO_TRY(event.open_untrusted(reader.event_bytes()));
  const CatalogueRow* row = event.row();
  const VerdictText verdict = text_of(reader.get().getVerdict());
  out["device_id"] = to_hex(event.device().bytes);
  out["device_seq"] = event.device_seq().value;
  out["type"] = row == nullptr ? "unknown" : std::string(row->name);
  out["type_zh"] = row == nullptr ? "未知" : std::string(row->name_zh);
  out["verdict"] = verdict.name;
  out["verdict_zh"] = verdict.zh;
  if (event.type() == EventType::DEVICE_ENROLLED) {
    out["enrolled_device"] = event.get().getBody().getDeviceEnrolled().getNumber();
  }
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

void print_event(std::ostream& out, const Json& event) {
  const auto text = [&event](const char* member) { return event[member].get<std::string>(); };
  out << "  设备 / device    " << text("device_id") << "\n"
      << "  设备内序号 / seq " << event["device_seq"] << "\n"
      << "  类型 / type      " << text("type_zh") << " " << text("type") << "\n";
  if (event.contains("verdict")) {
    out << "  判定 / verdict   " << text("verdict_zh") << " " << text("verdict") << "\n";
  }
  if (event.contains("enrolled_device")) {
    out << "  入网编号 / enrolled as " << event["enrolled_device"] << "\n";
  }
}

void check(const Check& args, Context& context) {
  const auto raw = os::read_file(args.file, kTlogProofBytesMax);
  if (!context.check(raw)) return;
  const auto proof = parse_tlog_proof(as_text(*raw));
  if (!context.check(proof)) return;
  const auto record = record_of(args, *proof);
  if (!context.check(record)) return;
  const auto checkpoint = check_with_keys(*proof, *record, args.keys);
  if (!context.check(checkpoint)) return;
  const auto event = event_json(*record, proof->index);
  if (!context.check(event)) return;
  Json witnesses = Json::array();
  for (const std::string& text : args.witnesses) {
    const auto cosigner = parse_cosigner_key(text);
    if (!context.check(cosigner)) return;
    const auto time = verify_cosignature(proof->checkpoint, *cosigner);
    if (!context.check(time)) return;
    witnesses.push_back(
        {{"name", cosigner->name}, {"time", to_rfc3339(WallTime{*time * 1'000'000})}});
  }
  if (context.json) {
    write_json(context.out, Json{{"ok", true},
                                 {"origin", checkpoint->origin},
                                 {"index", proof->index.value},
                                 {"size", checkpoint->size.value},
                                 {"root", to_base64(checkpoint->root.view())},
                                 {"event", *event},
                                 {"witnesses", witnesses}});
    return;
  }
  context.out << "证明成立 / the proof holds: record " << proof->index.value << " of "
              << checkpoint->size.value << " in " << checkpoint->origin << "\n";
  print_event(context.out, *event);
  for (const Json& witness : witnesses) {
    context.out << "  见证 / witnessed by " << witness["name"].get<std::string>() << ", "
                << witness["time"].get<std::string>() << "\n";
  }
}

void add_verify(CLI::App& proof, Context& context) {
  auto args = std::make_shared<Check>();
  CLI::App* command = proof.add_subcommand(
      "verify", "核验证明文件，不需要服务器 / check a proof file, without any server");
  command->add_option("file", args->file, "证明文件 / the proof file")->required();
  command
      ->add_option("--key", args->keys,
                   "日志验证公钥；多把时给 audit vkey --all 的各行 / the log's verifier key; of "
                   "several the lines of audit vkey --all")
      ->required();
  command->add_option(
      "--record", args->record,
      "记录的原始字节；文件自带时不必 / the record's bytes, unless the file has them");
  command->add_option(
      "--witness", args->witnesses,
      "必须联署的见证人公钥，可重复 / key of a witness that must have cosigned; may be "
      "given again");
  command->callback([args, &context] { check(*args, context); });
}

}  // namespace

void add_audit_proof(CLI::App& app, Context& context) {
  auto args = std::make_shared<Make>();
  CLI::App* command = app.add_subcommand(
      "proof", "一个事件在日志中的证明文件 (C2SP tlog-proof) / a proof file for one event");
  command->require_subcommand(0, 1);
  command->add_option("--data", args->data, "服务器数据目录 / data directory of the server");
  command->add_option("--event", args->event, "事件编号，如 7-1234 / event, such as 7-1234");
  command->add_option("-o,--output", args->file,
                      "写入此文件，缺省标准输出 / the file to write, else standard output");
  command->add_flag("--with-record", args->with_record,
                    "连同记录本身 / put the record itself into the file");
  add_verify(*command, context);
  command->callback([command, args, &context] {
    if (command->get_subcommands().empty()) make(*args, context);
  });
}

}  // namespace houniao
