#include "replay/log_keys.h"

#include <algorithm>

#include "schema/codec.h"

namespace houniao {
namespace {

constexpr std::string_view kLabel = "houniao.v1 log key\n";
constexpr std::uint16_t kBeginning = 0;  // schema::LogKeyChanged::Reason::BEGINNING

template <std::size_t N>
bool copy_exactly(capnp::Data::Reader from, std::array<std::uint8_t, N>& to) {
  if (from.size() != N) return false;
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

Error does_not_continue(const std::string& what) {
  return fail(Errc::wrong_key,
              "a change of the log's key does not continue the keys before it: " + what);
}

}  // namespace

Bytes log_key_signing_bytes(const LogKeyChange& change) {
  Bytes out;
  append(out, as_bytes(kLabel));
  append(out, as_bytes(change.origin));
  out.push_back('\n');
  append(out, change.previous.value_or(VerifyKey{}).bytes);
  append(out, change.key.bytes);
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(change.from.value >> shift));
  }
  return out;
}

LogKeyChange announce_log_key(std::string origin, const SigningKey& key, TreeSize from) {
  LogKeyChange out;
  out.origin = std::move(origin);
  out.key = key.verify_key();
  out.from = from;
  out.possession = sign(key, log_key_signing_bytes(out));
  return out;
}

LogKeyChange hand_over_log_key(std::string origin, const SigningKey& previous,
                               const SigningKey& next, TreeSize from, std::uint16_t reason) {
  LogKeyChange out;
  out.origin = std::move(origin);
  out.key = next.verify_key();
  out.previous = previous.verify_key();
  out.from = from;
  out.reason = reason;
  const Bytes text = log_key_signing_bytes(out);
  out.handover = sign(previous, text);
  out.possession = sign(next, text);
  return out;
}

Result<LogKeyChange> read_log_key_change(schema::LogKeyChanged::Reader body) {
  LogKeyChange out;
  out.origin = std::string(to_view(body.getOrigin()));
  if (!valid_key_name(out.origin)) {
    return fail(Errc::malformed, "a change of the log's key whose origin is no key name");
  }
  out.from = TreeSize{body.getTreeSize()};
  out.reason = static_cast<std::uint16_t>(body.getReason());
  bool sized = copy_exactly(body.getPublicKey(), out.key.bytes) &&
               copy_exactly(body.getPossession(), out.possession.bytes);
  if (body.getPreviousKey().size() != 0 || body.getHandover().size() != 0) {
    out.previous.emplace();
    sized = sized && copy_exactly(body.getPreviousKey(), out.previous->bytes) &&
            copy_exactly(body.getHandover(), out.handover.bytes);
  }
  if (!sized) {
    return fail(Errc::malformed, "a change of the log's key with a member of the wrong size");
  }
  if (out.previous.has_value() == (out.reason == kBeginning)) {
    return fail(Errc::malformed, "a change of the log's key whose reason does not fit it");
  }
  const Bytes text = log_key_signing_bytes(out);
  if (!houniao::verify(out.key, text, out.possession)) {
    return fail(Errc::bad_signature, "a change of the log's key that the key did not sign");
  }
  if (out.previous && !houniao::verify(*out.previous, text, out.handover)) {
    return fail(Errc::bad_signature, "a change of the log's key that the key before did not sign");
  }
  return out;
}

void write_log_key_change(const LogKeyChange& change, schema::LogKeyChanged::Builder body) {
  body.setOrigin(change.origin);
  body.setPublicKey(to_data(change.key.bytes));
  if (change.previous) {
    body.setPreviousKey(to_data(change.previous->bytes));
    body.setHandover(to_data(change.handover.bytes));
  }
  body.setTreeSize(change.from.value);
  body.setPossession(to_data(change.possession.bytes));
  body.setReason(static_cast<schema::LogKeyChanged::Reason>(change.reason));
}

LogKeys::LogKeys(std::string origin, const VerifyKey& key)
    : origin_(std::move(origin)), keys_{Key{key, TreeSize{0}}} {}

Result<LogKeys> LogKeys::of(std::string_view vkey) {
  auto parsed = parse_verifier_key(vkey);
  if (!parsed) return std::move(parsed).error();
  return LogKeys(std::move(parsed->name), parsed->key);
}

Result<std::optional<LogKeys>> LogKeys::follow(const std::vector<LogKeyChange>& changes) {
  std::optional<LogKeys> out;
  if (changes.empty()) return out;
  const LogKeyChange& first = changes.front();
  out.emplace(first.origin, first.previous.value_or(first.key));
  for (const LogKeyChange& change : changes) HOUNIAO_TRY(out->add(change));
  return out;
}

Result<void> LogKeys::add(const LogKeyChange& change) {
  if (change.origin != origin_) return does_not_continue("it is that of " + change.origin);
  if (keys_.size() > kLogKeyChangesMax) {
    return fail(Errc::too_large, "more changes of the log's key than are followed");
  }
  if (!change.previous) {
    if (announced_ || keys_.size() != 1 || change.key != newest()) {
      return does_not_continue("it announces another first key");
    }
    announced_ = true;
    return {};
  }
  if (*change.previous != newest()) {
    return does_not_continue("it takes over from a key that is not in force");
  }
  // A key that was given up does not come back: its signatures would be good for two stretches.
  if (contains(change.key)) return does_not_continue("the key was in force before");
  if (keys_.size() > 1 && change.from <= keys_.back().from) {
    return does_not_continue("it names an earlier place in the log");
  }
  keys_.push_back(Key{change.key, change.from});
  return {};
}

bool LogKeys::knows(const LogKeyChange& change) const {
  if (change.origin != origin_) return false;
  if (!change.previous) return change.key == keys_.front().key;
  for (std::size_t i = 1; i < keys_.size(); ++i) {
    if (keys_[i] == Key{change.key, change.from}) return keys_[i - 1].key == *change.previous;
  }
  return false;
}

bool LogKeys::contains(const VerifyKey& key) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const Key& k) { return k.key == key; });
}

const VerifyKey& LogKeys::at(TreeSize size) const {
  for (std::size_t i = keys_.size(); i-- > 1;) {
    if (size > keys_[i].from) return keys_[i].key;
  }
  return keys_.front().key;
}

std::string LogKeys::verifier_key_at(TreeSize size) const {
  return verifier_key(origin_, at(size));
}

std::string LogKeys::newest_verifier_key() const { return verifier_key(origin_, newest()); }

Result<LogKeys::Opened> LogKeys::open(std::string_view note) const {
  const auto size = unverified_checkpoint_size(note);
  if (!size) return size.error();
  const std::string vkey = verifier_key_at(*size);
  auto checkpoint = open_checkpoint(note, vkey);
  if (!checkpoint) return std::move(checkpoint).error();
  auto signature = checkpoint_signature(note, vkey);
  if (!signature) return std::move(signature).error();
  return Opened{std::move(*checkpoint), *signature};
}

bool LogKeys::verify(const Checkpoint& checkpoint, const Signature& signature) const {
  return checkpoint.origin == origin_ &&
         verify_checkpoint(checkpoint, at(checkpoint.size), signature);
}

}  // namespace houniao
