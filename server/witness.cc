#include "server/witness.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "replay/merkle/proof.h"
#include "replay/note_lines.h"

namespace houniao {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "houniao-witness-1";
constexpr std::size_t kFileBytesMax = std::size_t{16} << 20;
constexpr std::string_view kOld = "old ";

std::optional<Hash> parse_hash(std::string_view text) {
  const auto bytes = from_base64(text);
  return bytes ? hash_from(*bytes) : std::nullopt;
}

WitnessAnswer refuse(int status, const std::string& why) {
  return {status, "text/plain; charset=utf-8", why + "\n"};
}

// What the client has to start from instead.
WitnessAnswer conflict(TreeSize latest) {
  return {409, "text/x.tlog.size", std::to_string(latest.value) + "\n"};
}

}  // namespace

std::string write_add_checkpoint(const AddCheckpoint& request) {
  std::string out = std::string(kOld) + std::to_string(request.old.value) + "\n";
  for (const Hash& hash : request.proof) out += to_base64(hash.view()) + "\n";
  return out + "\n" + request.note;
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  if (body.size() > kWitnessBodyMax) return fail(Errc::too_large, "add-checkpoint request");
  const auto first = take_line(body);
  const auto old =
      first && first->starts_with(kOld) ? parse_decimal(first->substr(kOld.size())) : std::nullopt;
  if (!old) return fail(Errc::malformed, "the first line must be \"old SIZE\"");
  AddCheckpoint out;
  out.old = TreeSize{*old};
  auto line = take_line(body);
  for (; line && !line->empty(); line = take_line(body)) {
    const auto hash = parse_hash(*line);
    if (!hash || out.proof.size() == kWitnessProofMax) {
      return fail(Errc::malformed, "at most 63 proof lines, each a hash in base64");
    }
    out.proof.push_back(*hash);
  }
  if (!line || body.empty()) return fail(Errc::malformed, "an empty line and a checkpoint follow");
  out.note = std::string(body);
  return out;
}

Witness::~Witness() {
  wipe(key_.bytes.data(), key_.bytes.size());
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Witness>> Witness::open(const std::filesystem::path& state,
                                               const std::string& name,
                                               const std::vector<std::string>& trusted,
                                               Random& random, Clock& clock) {
  std::unique_ptr<Witness> out(new Witness(state, clock));
  for (const std::string& text : trusted) {
    const auto key = parse_verifier_key(text);
    if (!key) return key.error();
    out->trusted_[key->name].push_back(text);
  }
  HOUNIAO_TRY(out->lock_state());
  HOUNIAO_TRY(out->load_or_make(name, random));
  return out;
}

// Beside the state and not on it: every change puts another file in the state's place.
Result<void> Witness::lock_state() {
  std::filesystem::path path = file_;
  path += ".lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return fail(Errc::storage_failed, path.string() + ": cannot be opened");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::invalid_argument,
                file_.string() + ": another witness is running with this state; stop it first");
  }
  return {};
}

Result<void> Witness::load_or_make(const std::string& name, Random& random) {
  std::error_code error;
  if (!std::filesystem::exists(file_, error)) {
    if (!valid_key_name(name)) {
      return fail(Errc::invalid_argument, "a witness needs a name without white space and '+'");
    }
    name_ = name;
    key_ = make_signing_key(random);
    return store();
  }
  const auto raw = os::read_file(file_, kFileBytesMax);
  if (!raw) return raw.error();
  const Error corrupt = fail(Errc::corrupt, file_.string() + ": not the state of a witness");
  const auto json = Json::parse(raw->begin(), raw->end(), nullptr, false);
  if (!json.is_object()) return corrupt;
  try {
    if (json.at("format") != kFormat) return corrupt;
    name_ = json.at("name").get<std::string>();
    const auto bytes = from_hex(json.at("seed").get<std::string>());
    std::array<std::uint8_t, 32> seed{};
    if (!bytes || bytes->size() != seed.size()) return corrupt;
    std::copy(bytes->begin(), bytes->end(), seed.begin());
    key_ = signing_key_from_seed(seed);
    for (const auto& [origin, seen] : json.at("logs").items()) {
      const auto root = parse_hash(seen.at("root").get<std::string>());
      if (!root) return corrupt;
      latest_[origin] = {origin, TreeSize{seen.at("size").get<std::uint64_t>()}, *root};
    }
  } catch (const nlohmann::json::exception&) {
    return corrupt;
  }
  if (!name.empty() && name != name_) {
    return fail(Errc::invalid_argument,
                file_.string() + ": is the state of the witness " + name_ + ", not of " + name);
  }
  return {};
}

Result<void> Witness::store() const {
  Json logs = Json::object();
  for (const auto& [origin, checkpoint] : latest_) {
    logs[origin] = {{"size", checkpoint.size.value}, {"root", to_base64(checkpoint.root.view())}};
  }
  const Json json = {{"format", kFormat},
                     {"name", name_},
                     {"seed", to_hex(key_.seed())},
                     {"logs", std::move(logs)}};
  const std::string text = json.dump(2) + "\n";
  return os::write_file_durably(file_, as_bytes(text));
}

std::string Witness::cosigner_key_text() const { return cosigner_key(name_, key_.verify_key()); }

Checkpoint Witness::latest(const std::string& origin) const {
  const std::lock_guard lock(mutex_);
  const auto found = latest_.find(origin);
  return found == latest_.end() ? Checkpoint{origin, TreeSize{0}, merkle::empty_root()}
                                : found->second;
}

Result<Checkpoint> Witness::trusted_checkpoint(const std::string& note, int& status) const {
  const auto parts = split_note(note);
  const auto stated =
      parts ? parse_checkpoint_body(parts->text) : Result<Checkpoint>(parts.error());
  status = 400;
  if (!stated) return stated.error();
  const auto found = trusted_.find(stated->origin);
  status = 404;
  if (found == trusted_.end()) return fail(Errc::not_found, "origin not known");
  status = 403;
  for (const std::string& key : found->second) {
    auto opened = open_checkpoint(note, key);
    if (opened) return opened;
  }
  return fail(Errc::bad_signature, "no signature by a trusted key");
}

WitnessAnswer Witness::add_checkpoint(std::string_view body) {
  const auto request = parse_add_checkpoint(body);
  if (!request) return refuse(400, request.error().detail);
  int status = 400;
  const auto checkpoint = trusted_checkpoint(request->note, status);
  if (!checkpoint) return refuse(status, checkpoint.error().detail);
  if (request->old > checkpoint->size) {
    return refuse(400, "the old size is larger than that of the checkpoint");
  }
  const std::lock_guard lock(mutex_);
  const auto found = latest_.find(checkpoint->origin);
  const Checkpoint last = found == latest_.end()
                              ? Checkpoint{checkpoint->origin, TreeSize{0}, merkle::empty_root()}
                              : found->second;
  if (request->old != last.size) return conflict(last.size);
  // The same size with another root is a fork, whatever the proof says.
  if (checkpoint->size == last.size && checkpoint->root != last.root) return conflict(last.size);
  if (!merkle::verify_consistency(last.size, last.root, checkpoint->size, checkpoint->root,
                                  request->proof)) {
    return refuse(422, "the consistency proof does not hold");
  }
  latest_[checkpoint->origin] = *checkpoint;
  if (const auto stored = store(); !stored) {
    latest_[checkpoint->origin] = last;
    return refuse(503, "the state cannot be stored");
  }
  const auto parts = split_note(request->note);
  return {200, "text/plain; charset=utf-8",
          cosign(parts->text, name_, key_, clock_.wall().us / 1'000'000)};
}

}  // namespace houniao
