#include "server/key_rotation.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "schema/system.capnp.h"

namespace houniao {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;

std::filesystem::path next_file(const ServerConfig& config) {
  return config.data / "server.key.next";
}
std::filesystem::path key_file(const ServerConfig& config) { return config.data / "server.key"; }
std::filesystem::path json_file(const ServerConfig& config) { return config.data / "server.json"; }

std::optional<std::uint16_t> reason_of(std::string_view text) {
  if (text == "scheduled") {
    return static_cast<std::uint16_t>(schema::LogKeyChanged::Reason::SCHEDULED);
  }
  if (text == "suspected") {
    return static_cast<std::uint16_t>(schema::LogKeyChanged::Reason::SUSPECTED);
  }
  return std::nullopt;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// The lock that a running server holds (server/engine.cc); released with the object.
class DataLock {
 public:
  explicit DataLock(const std::filesystem::path& data)
      : file_(::open((data / "server.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    held_ = file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0;
  }
  ~DataLock() {
    if (file_ >= 0) ::close(file_);
  }
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;
  bool held() const { return held_; }

 private:
  int file_;
  bool held_ = false;
};

Result<nlohmann::ordered_json> read_json(const ServerConfig& config) {
  const auto raw = os::read_file(json_file(config), kFileBytesMax);
  if (!raw) return raw.error();
  auto json = nlohmann::ordered_json::parse(raw->begin(), raw->end(), nullptr, false);
  if (!json.is_object()) {
    return fail(Errc::corrupt, json_file(config).string() + ": not a JSON object");
  }
  return Result<nlohmann::ordered_json>(boost::system::in_place_value, std::move(json));
}

std::vector<std::string> earlier_keys(const nlohmann::ordered_json& json) {
  std::vector<std::string> out;
  const auto found = json.find("earlier_log_keys");
  if (found == json.end() || !found->is_array()) return out;
  for (const auto& key : *found) {
    if (key.is_string()) out.push_back(key.get<std::string>());
  }
  return out;
}

// Named in server.json first, so that an auditor who reads it knows the key before it signs alone.
Result<void> name_key(const ServerConfig& config, const std::string& vkey) {
  auto json = read_json(config);
  if (!json) return json.error();
  const std::string before = json->value("log_key", "");
  if (before == vkey) return {};
  std::vector<std::string> earlier = earlier_keys(*json);
  if (!before.empty()) earlier.push_back(before);
  (*json)["log_key"] = vkey;
  (*json)["earlier_log_keys"] = earlier;
  const std::string text = json->dump(2) + "\n";
  return os::write_file_durably(json_file(config), as_bytes(text));
}

// The first line of server.key is the log key's seed.
Result<void> replace_seed(const ServerConfig& config, const SigningKey& key) {
  auto raw = os::read_file(key_file(config), kFileBytesMax);
  if (!raw) return raw.error();
  const std::string_view text = as_text(*raw);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return fail(Errc::corrupt, "server.key cannot be read");
  Bytes seed = key.seed();
  std::string changed = to_hex(seed) + std::string(text.substr(end));
  const auto written = os::write_file_durably(key_file(config), as_bytes(changed));
  wipe(changed.data(), changed.size());
  wipe(seed.data(), seed.size());
  wipe(raw->data(), raw->size());
  return written;
}

}  // namespace

Result<NextLogKey> order_key_rotation(const ServerConfig& config, const std::string& reason,
                                      Random& random) {
  NextLogKey out;
  const auto number = reason_of(reason);
  if (!number) {
    return fail(Errc::invalid_argument, "no such reason: " + reason + "; scheduled or suspected");
  }
  const DataLock lock(config.data);
  if (!lock.held()) {
    return fail(Errc::invalid_argument,
                config.data.string() + ": a server is running on this directory; stop it first");
  }
  std::error_code error;
  if (std::filesystem::exists(next_file(config), error)) {
    return fail(Errc::invalid_argument, next_file(config).string() +
                                            ": a key waits already; start the server once, and it "
                                            "takes over");
  }
  out.reason = *number;
  out.key = make_signing_key(random);
  Bytes seed = out.key.seed();
  std::string text = reason + "\n" + to_hex(seed) + "\n";
  const auto written = os::write_file_durably(next_file(config), as_bytes(text));
  wipe(text.data(), text.size());
  wipe(seed.data(), seed.size());
  if (!written) return written.error();
  return out;
}

Result<std::optional<NextLogKey>> load_next_key(const ServerConfig& config) {
  std::error_code error;
  if (!std::filesystem::exists(next_file(config), error)) return std::optional<NextLogKey>{};
  auto raw = os::read_file(next_file(config), kFileBytesMax);
  if (!raw) return raw.error();
  std::string_view text = as_text(*raw);
  const auto reason = reason_of(take_line(text));
  auto bytes = from_hex(take_line(text));
  std::array<std::uint8_t, 32> seed{};
  if (!reason || !bytes || bytes->size() != seed.size()) {
    return fail(Errc::corrupt, next_file(config).string() + ": cannot be read");
  }
  std::copy(bytes->begin(), bytes->end(), seed.begin());
  std::optional<NextLogKey> out{NextLogKey{signing_key_from_seed(seed), *reason}};
  wipe(raw->data(), raw->size());
  wipe(bytes->data(), bytes->size());
  wipe(seed.data(), seed.size());
  return out;
}

Result<void> finish_key_rotation(ServerConfig& config, const NextLogKey& next) {
  HOUNIAO_TRY(name_key(config, verifier_key(config.origin, next.key.verify_key())));
  HOUNIAO_TRY(replace_seed(config, next.key));
  config.log_key = next.key;
  std::error_code error;
  std::filesystem::remove(next_file(config), error);
  if (error) {
    return fail(Errc::storage_failed, next_file(config).string() + ": " + error.message());
  }
  return {};
}

Result<std::vector<std::string>> known_verifier_keys(const ServerConfig& config) {
  const auto json = read_json(config);
  if (!json) return json.error();
  const auto next = load_next_key(config);
  if (!next) return next.error();
  std::vector<std::string> out{config.verifier_key_text()};
  if (*next) out.push_back(verifier_key(config.origin, (*next)->key.verify_key()));
  for (std::string& key : earlier_keys(*json)) out.push_back(std::move(key));
  return out;
}

}  // namespace houniao
