#include "server/witness_client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "server/log/log_node_source.h"
#include "server/witness_transport.h"

namespace houniao {
namespace {

constexpr std::chrono::seconds kEvery{5};
constexpr std::size_t kFileBytesMax = 64 * 1024;

// "1234\n", the body of a 409.
std::optional<TreeSize> parse_size(std::string_view body) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (body.empty() || error != std::errc{} || end != body.data() + body.size()) return {};
  return TreeSize{value};
}

}  // namespace

Result<std::vector<WitnessAddress>> load_witnesses(const std::filesystem::path& file) {
  std::vector<WitnessAddress> out;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return out;
  const auto raw = os::read_file(file, kFileBytesMax);
  if (!raw) return raw.error();
  const auto bad = [&](const std::string& why) {
    return fail(Errc::corrupt, file.string() + ": " + why);
  };
  const auto json = nlohmann::json::parse(raw->begin(), raw->end(), nullptr, false);
  if (!json.is_array() || json.size() > kWitnessesMax) {
    return bad("not a list of at most " + std::to_string(kWitnessesMax) + " witnesses");
  }
  for (const auto& row : json) {
    if (!row.is_object() || !row.contains("url") || !row.contains("key") ||
        !row["url"].is_string() || !row["key"].is_string()) {
      return bad("each witness is {\"url\": ..., \"key\": ...}");
    }
    auto cosigner = parse_cosigner_key(row["key"].get<std::string>());
    if (!cosigner) return bad(cosigner.error().detail);
    WitnessAddress address{row["url"].get<std::string>(), std::move(*cosigner)};
    while (address.url.ends_with('/')) address.url.pop_back();
    if (const auto url = parse_witness_url(address.url); !url) return bad(url.error().detail);
    out.push_back(std::move(address));
  }
  return out;
}

Result<WitnessAnswer> WitnessedBy::ask(const std::string& note, TreeSize size, const LogStore& log,
                                       WitnessTransport& transport) const {
  AddCheckpoint request;
  request.old = signed_;
  request.note = note;
  auto proof = merkle::consistency_proof(LogNodeSource(log), signed_, size);
  if (!proof) return std::move(proof).error();
  request.proof = std::move(*proof);
  return transport.post(address_.url, write_add_checkpoint(request));
}

Result<std::string> WitnessedBy::show(const std::string& note, TreeSize size, const LogStore& log,
                                      WitnessTransport& transport) {
  if (signed_ > size) signed_ = TreeSize{0};
  auto answer = ask(note, size, log, transport);
  if (!answer) return std::move(answer).error();
  if (answer->status == 409) {
    const auto last = parse_size(answer->body);
    if (!last) return fail(Errc::protocol, address_.url + ": a conflict without a size");
    if (*last > size) {
      return fail(Errc::checkpoint_mismatch,
                  address_.url + ": signed a tree of " + std::to_string(last->value) +
                      " records, this log has " + std::to_string(size.value));
    }
    signed_ = *last;
    answer = ask(note, size, log, transport);
    if (!answer) return std::move(answer).error();
  }
  if (answer->status != 200) {
    const bool forked = answer->status == 409 || answer->status == 422;
    return fail(forked ? Errc::checkpoint_mismatch : Errc::unavailable,
                address_.url + ": answered " + std::to_string(answer->status));
  }
  signed_ = size;
  return std::move(answer->body);
}

WitnessClient::WitnessClient(Ports ports, const std::vector<WitnessAddress>& witnesses)
    : ports_(std::move(ports)) {
  for (const WitnessAddress& address : witnesses) witnesses_.emplace_back(address);
}

WitnessClient::~WitnessClient() { stop(); }

void WitnessClient::start() {
  if (witnesses_.empty() || thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
}

void WitnessClient::stop() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t WitnessClient::round() {
  const auto head = ports_.published.head();
  std::size_t good = 0;
  for (Followed& followed : witnesses_) {
    if (stops_now()) return good;
    if (followed.cosigned == head->size) {
      ++good;
    } else if (followed.rounds_to_skip > 0) {
      --followed.rounds_to_skip;
    } else if (const auto shown = show(followed, *head); shown) {
      ++good;
    } else {
      count_failure(followed, shown.error());
    }
  }
  return good;
}

Result<void> WitnessClient::show(Followed& followed, const PublishedHead& head) {
  const auto lines = followed.witness.show(head.note, head.size, ports_.log, ports_.transport);
  if (!lines) return lines.error();
  const WitnessAddress& address = followed.witness.address();
  const auto kept = ports_.cosignatures.add(head.note, *lines, {address.cosigner});
  if (!kept) return kept.error();
  if (*kept == 0) {
    return fail(Errc::bad_signature, address.url + ": no cosignature of " + address.cosigner.name);
  }
  ++cosigned_;
  followed.cosigned = head.size;
  followed.failures = 0;
  followed.told = false;
  return {};
}

void WitnessClient::count_failure(Followed& followed, const Error& error) {
  ++failed_;
  ++followed.failures;
  const unsigned doublings = std::min(followed.failures - 1, 16U);
  followed.rounds_to_skip = std::min((1U << doublings) - 1, kWitnessRoundsSkippedMax);
  if (error.code != Errc::checkpoint_mismatch) return;
  ++contradicted_;
  if (std::exchange(followed.told, true)) return;
  ports_.tell("见证人 " + followed.witness.address().cosigner.name +
              " 联署过与本日志不一致的检查点；请保留全部数据并立即联系审计人员 / the witness "
              "cosigned a checkpoint that contradicts this log; keep everything and call an "
              "auditor: " +
              error.detail);
}

bool WitnessClient::stops_now() {
  const std::lock_guard lock(mutex_);
  return stops_;
}

void WitnessClient::run() {
  std::unique_lock lock(mutex_);
  while (!stops_) {
    lock.unlock();
    (void)round();
    lock.lock();
    wake_.wait_for(lock, kEvery, [this] { return stops_; });
  }
}

}  // namespace houniao
