#include "server/config.h"

#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "base/time.h"
#include "server/key_rotation.h"

namespace houniao {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;

std::filesystem::path json_file(const std::filesystem::path& data) { return data / "server.json"; }
std::filesystem::path key_file(const std::filesystem::path& data) { return data / "server.key"; }

Result<nlohmann::json> read_json(const std::filesystem::path& path) {
  const auto raw = os::read_file(path, kFileBytesMax);
  if (!raw) {
    return fail(Errc::not_found, path.string() + ": no server here; run `houniao init --data " +
                                     path.parent_path().string() + "` first");
  }
  auto out = nlohmann::json::parse(raw->begin(), raw->end(), nullptr, false);
  if (out.is_discarded() || !out.is_object()) {
    return fail(Errc::corrupt, path.string() + ": not a JSON object");
  }
  return Result<nlohmann::json>(boost::system::in_place_value, std::move(out));
}

// Empty unless it is a text.
std::string text_of(const nlohmann::json& json, const char* member) {
  const auto found = json.find(member);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Result<std::array<std::uint8_t, 32>> read_secret(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const auto bytes = from_hex(text.substr(0, end));
  std::array<std::uint8_t, 32> out{};
  if (end == std::string_view::npos || !bytes || bytes->size() != out.size()) {
    return fail(Errc::corrupt, "server.key cannot be read");
  }
  std::copy(bytes->begin(), bytes->end(), out.begin());
  text.remove_prefix(end + 1);
  return out;
}

}  // namespace

std::string ServerConfig::verifier_key_text() const {
  return verifier_key(origin, log_key.verify_key());
}

SequencerOptions ServerConfig::sequencer_options() const {
  SequencerOptions out;
  out.origin = origin;
  out.log_key = log_key;
  out.device_key = device_key;
  return out;
}

Result<ServerConfig> create_config(const std::filesystem::path& data, const std::string& origin,
                                   Random& random, WallTime now) {
  if (!valid_key_name(origin)) {
    return fail(Errc::invalid_argument,
                "the origin must not be empty nor contain white space or '+': " + origin);
  }
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) return fail(Errc::storage_failed, data.string() + ": " + error.message());
  if (std::filesystem::exists(json_file(data), error)) {
    return fail(Errc::invalid_argument, data.string() + ": holds a server already");
  }
  std::string secrets;
  for (int i = 0; i < 3; ++i) {
    std::array<std::uint8_t, 32> secret;
    random.fill(secret);
    secrets += to_hex(secret) + "\n";
    wipe(secret.data(), secret.size());
  }
  HOUNIAO_TRY(os::write_file_durably(key_file(data), as_bytes(secrets)));
  wipe(secrets.data(), secrets.size());
  nlohmann::ordered_json json = {
      {"format", "houniao-server-1"}, {"origin", origin}, {"created", to_rfc3339(now)}};
  // server.json appears last: its presence means that the directory is complete.
  const std::string text = json.dump(2) + "\n";
  HOUNIAO_TRY(os::write_file_durably(json_file(data), as_bytes(text)));
  auto out = load_config(data);
  if (!out) return out.error();
  json["log_key"] = out->verifier_key_text();
  const std::string complete = json.dump(2) + "\n";
  HOUNIAO_TRY(os::write_file_durably(json_file(data), as_bytes(complete)));
  return out;
}

Result<ServerConfig> load_config(const std::filesystem::path& data) {
  const auto json = read_json(json_file(data));
  if (!json) return json.error();
  ServerConfig out;
  out.data = data;
  out.origin = text_of(*json, "origin");
  if (!valid_key_name(out.origin)) {
    return fail(Errc::corrupt, json_file(data).string() + ": no valid origin");
  }
  auto raw = os::read_file(key_file(data), kFileBytesMax);
  if (!raw) return raw.error();
  std::string_view text = as_text(*raw);
  auto log_seed = read_secret(text);
  if (!log_seed) return log_seed.error();
  auto device_seed = read_secret(text);
  if (!device_seed) return device_seed.error();
  auto master = read_secret(text);
  if (!master) return master.error();
  out.log_key = signing_key_from_seed(*log_seed);
  out.device_key = signing_key_from_seed(*device_seed);
  out.key_store_master = *master;
  wipe(raw->data(), raw->size());
  return out;
}

Result<std::string> load_verifier_key(const std::filesystem::path& data) {
  const auto json = read_json(json_file(data));
  if (!json) return json.error();
  const std::string text = text_of(*json, "log_key");
  const auto parsed = parse_verifier_key(text);
  if (!parsed) return parsed.error();
  return text;
}

Result<std::optional<Checkpoint>> load_witness(const ServerConfig& config) {
  std::error_code error;
  if (!std::filesystem::exists(config.checkpoint(), error)) return std::optional<Checkpoint>{};
  const auto raw = os::read_file(config.checkpoint(), kFileBytesMax);
  if (!raw) return raw.error();
  auto out = open_own_checkpoint(config, as_text(*raw), config.checkpoint().string());
  if (!out) return out.error();
  return std::optional<Checkpoint>{std::move(*out)};
}

// It may be older than the newest key.
Result<Checkpoint> open_own_checkpoint(const ServerConfig& config, std::string_view note,
                                       const std::string& where) {
  const auto keys = known_verifier_keys(config);
  if (!keys) return keys.error();
  std::optional<Error> refused;
  for (const std::string& key : *keys) {
    auto out = open_checkpoint(note, key);
    if (out) return out;
    if (!refused) refused = out.error();
  }
  return fail(Errc::checkpoint_mismatch, where + ": does not verify: " + refused->detail);
}

Result<void> save_witness(const ServerConfig& config, const std::string& note) {
  return os::write_file_durably(config.checkpoint(), as_bytes(note));
}

}  // namespace houniao
