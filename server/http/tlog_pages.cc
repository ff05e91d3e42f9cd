#include "server/http/tlog_pages.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "replay/state.h"
#include "replay/tlog_proof.h"
#include "server/log/log_node_source.h"
#include "server/state_view.h"

namespace houniao {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCheckpoint = "/log/checkpoint";
constexpr std::string_view kTile = "/log/tile/";
constexpr std::string_view kEventProof = "/log/proof/event/";
constexpr std::string_view kOfCheckpoints[] = {"from", "limit"};
constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBytes = "application/octet-stream";
// A year, the longest that caches are asked to keep anything.
constexpr std::string_view kForEverybody = "public, max-age=31536000, immutable";
// Records: who may read them changes, and a copy in a cache outlives the token that it was read
// with.
constexpr std::string_view kForTheReader = "private, no-store";
constexpr std::string_view kNever = "no-store";

HttpResponse respond(std::string_view type, std::string body, std::string_view caching) {
  HttpResponse out{200, std::string(type), std::move(body), {}};
  out.headers.emplace_back("Cache-Control", std::string(caching));
  return out;
}

HttpResponse respond(const Json& json, std::string_view caching) {
  return respond("application/json", json.dump() + "\n", caching);
}

// What is not there today may be there tomorrow.
HttpResponse refuse(int status, const Error& error) {
  HttpResponse out = problem(status, error);
  out.headers.emplace_back("Cache-Control", std::string(kNever));
  return out;
}
HttpResponse refuse(const Error& error) { return refuse(status_of(error.code), error); }

// Decimal as checkpoints write it; nullopt for anything else.
std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string base64_or_empty(const std::optional<VerifyKey>& key) {
  return key ? to_base64(key->bytes) : std::string{};
}

Json change_json(const LogKeyChange& change) {
  Json out = {{"origin", change.origin},
              {"public_key", to_base64(change.key.bytes)},
              {"previous_key", base64_or_empty(change.previous)},
              {"tree_size", change.from.value},
              {"possession", to_base64(change.possession.bytes)}};
  if (change.previous) out["handover"] = to_base64(change.handover.bytes);
  return out;
}

}  // namespace

// Takes the decoded path, as page() does: what is judged must be what is routed.
bool TlogPages::is_slow(std::string_view path) {
  return path.starts_with("/log/tile/entries/") || path.starts_with(kEventProof) ||
         path.starts_with("/log/checkpoint/") || path.starts_with("/log/checkpoints");
}

std::optional<HttpResponse> TlogPages::page(const Target& target, const Access& access) {
  if (target.path == kCheckpoint) return checkpoint({});
  if (target.path.starts_with("/log/checkpoint/")) {
    return checkpoint(target.after("/log/checkpoint/"));
  }
  if (target.path == "/log/checkpoints") return checkpoints(target);
  if (target.path == "/log/vkey") {
    return respond(kText, engine_.identity().log_vkey + "\n", kNever);
  }
  if (target.path == "/log/keys") return keys();
  if (target.path.starts_with(kTile)) return tile(target.after(kTile), access);
  if (target.path.starts_with(kEventProof)) {
    const auto known = check_parameters(target, target.path, {});
    return known ? event_proof(target.after(kEventProof)) : refuse(known.error());
  }
  return std::nullopt;
}

HttpResponse TlogPages::checkpoint(std::string_view which) {
  const auto head = engine_.published().head();
  if (which.empty()) {
    std::string note = head->note;
    if (cosignatures_ != nullptr) note = cosignatures_->with_cosignatures(std::move(note));
    return respond(kText, std::move(note), kNever);
  }
  if (which == "witnessed") {
    const auto newest = cosignatures_ == nullptr ? std::nullopt : cosignatures_->newest();
    if (!newest) return refuse(fail(Errc::not_found, "no witness has signed a checkpoint yet"));
    return respond(kText, *newest, kNever);
  }
  const auto size = parse_decimal(which);
  if (!size) return refuse(fail(Errc::malformed, "/log/checkpoint/SIZE: a whole number"));
  auto note = tlog::stored_checkpoint(engine_.log(), TreeSize{*size});
  if (!note) return refuse(note.error());
  if (cosignatures_ != nullptr) *note = cosignatures_->with_cosignatures(std::move(*note));
  // Old checkpoints are thinned out and may get more cosignatures, so nothing keeps them for long.
  return respond(kText, std::move(*note), kNever);
}

HttpResponse TlogPages::checkpoints(const Target& target) {
  const auto known = check_parameters(target, target.path, kOfCheckpoints);
  if (!known) return refuse(known.error());
  std::uint64_t from = 0;
  std::uint64_t limit = tlog::kCheckpointsPerPageMax;
  for (const auto& [name, value] : target.query) {
    const auto number = parse_decimal(value);
    if (!number || (name == "limit" && *number == 0)) {
      return refuse(fail(Errc::invalid_argument, "this page takes from and limit, whole numbers"));
    }
    (name == "from" ? from : limit) = *number;
  }
  limit = std::min<std::uint64_t>(limit, tlog::kCheckpointsPerPageMax);
  const auto stored = engine_.log().checkpoints();
  if (!stored) return refuse(stored.error());
  Json sizes = Json::array();
  std::optional<std::uint64_t> next;
  for (const StoredCheckpoint& checkpoint : *stored) {
    if (checkpoint.size.value < from) continue;
    if (sizes.size() == limit) {
      next = checkpoint.size.value;
      break;
    }
    sizes.push_back(checkpoint.size.value);
  }
  Json out = {{"sizes", std::move(sizes)}};
  if (next) out["next_from"] = *next;
  return respond(out, kNever);
}

HttpResponse TlogPages::keys() {
  const auto head = engine_.published().head();
  std::vector<LogKeyChange> changes;
  if (head->log_keys) changes = *head->log_keys;
  auto followed = LogKeys::follow(changes);
  if (!followed) return refuse(followed.error());
  const ServerIdentity& identity = engine_.identity();
  const LogKeys keys = *followed ? **followed : LogKeys(identity.origin, identity.log_key);
  Json rows = Json::array();
  for (const LogKeys::Key& key : keys.all()) {
    rows.push_back({{"vkey", verifier_key(keys.origin(), key.key)}, {"from", key.from.value}});
  }
  Json list = Json::array();
  for (const LogKeyChange& change : changes) list.push_back(change_json(change));
  return respond({{"origin", keys.origin()}, {"keys", rows}, {"changes", list}}, kNever);
}

HttpResponse TlogPages::tile(std::string_view rest, const Access& access) {
  const auto path = tlog::parse_tile_path(rest);
  if (!path) return refuse(path.error());
  const TreeSize size = engine_.published().head()->size;
  if (!path->entries) {
    const auto hashes = tlog::read_tile(engine_.log(), size, *path);
    if (!hashes) return refuse(hashes.error());
    return respond(kBytes, std::string(as_text(*hashes)), kForEverybody);
  }
  const auto token = access();
  if (!token) return refuse(token.error());
  if (token->role != static_cast<std::uint16_t>(schema::Role::AUDITOR)) {
    return refuse(
        403, fail(Errc::scope_denied, "the records themselves take a token of the role auditor"));
  }
  const auto entries = tlog::read_entries(engine_.log(), size, *path);
  if (!entries) return refuse(entries.error());
  return respond(kBytes, std::string(as_text(*entries)), kForTheReader);
}

HttpResponse TlogPages::event_proof(std::string_view event) {
  const EventId id = parse_event_id(std::string(event));
  if (!id) return refuse(fail(Errc::malformed, "an event is named DEVICE-NUMBER, such as 7-1234"));
  std::optional<Seq> seq;
  const auto read = engine_.views().with_state(
      AsOf{}, [&](const State& state, TreeSize) { seq = seq_of_event(state, id); });
  if (!read) return refuse(read.error());
  const auto head = engine_.published().head();
  if (!seq || seq->value >= head->size.value) {
    return refuse(fail(Errc::not_found, "the log has no event " + std::string(event)));
  }
  TlogProof proof;
  proof.index = *seq;
  proof.checkpoint = head->note;
  if (cosignatures_ != nullptr) {
    proof.checkpoint = cosignatures_->with_cosignatures(std::move(proof.checkpoint));
  }
  auto path = merkle::inclusion_proof(LogNodeSource(engine_.log()), *seq, head->size);
  if (!path) return refuse(path.error());
  proof.path = std::move(*path);
  return respond(kText, write_tlog_proof(proof), kNever);
}

}  // namespace houniao
