#include "server/orders.h"

#include <algorithm>

#include "base/limits.h"
#include "base/os/os.h"

namespace houniao {
namespace {

constexpr std::string_view kSuffix = ".order";

template <class List>
void fill(List list, const std::vector<ScopeId>& scopes) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, scopes[i].value);
}

}  // namespace

Bytes encode_order(const DeviceOrder& order) {
  capnp::MallocMessageBuilder builder;
  auto body = builder.initRoot<schema::Event>().getBody();
  if (order.kind == DeviceOrder::Kind::revoke) {
    auto revoked = body.initDeviceRevoked();
    revoked.setDevice(order.device.value);
    revoked.setFromDeviceSeq(order.from.value);
    revoked.setReason(order.reason);
  } else {
    auto changed = body.initDeviceScopesChanged();
    changed.setDevice(order.device.value);
    fill(changed.initGranted(static_cast<unsigned>(order.granted.size())), order.granted);
    fill(changed.initWithdrawn(static_cast<unsigned>(order.withdrawn.size())), order.withdrawn);
  }
  return encode(builder);
}

Result<std::string> Orders::add(const DeviceOrder& order, Random& random) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return fail(Errc::storage_failed, directory_.string() + ": " + error.message());
  std::array<std::uint8_t, 8> number{};
  random.fill(number);
  const std::string name = to_hex(number) + std::string(kSuffix);
  HOUNIAO_TRY(os::write_file_durably(directory_ / name, encode_order(order)));
  return name;
}

std::vector<Orders::Stored> Orders::waiting() const {
  std::vector<Stored> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(kSuffix) || !entry.is_regular_file(error) || entry.is_symlink(error)) {
      continue;
    }
    auto content = os::read_file(entry.path(), limits::kEventBytesMax);
    if (content) out.push_back({name, std::move(*content)});
  }
  std::ranges::sort(out, {}, &Stored::name);
  return out;
}

bool Orders::waits(const std::string& name) const {
  std::error_code error;
  return std::filesystem::exists(directory_ / name, error);
}

void Orders::remove(const std::string& name) {
  std::error_code ignored;
  std::filesystem::remove(directory_ / name, ignored);
}

void Orders::refuse(const std::string& name) {
  std::error_code ignored;
  std::filesystem::rename(directory_ / name, directory_ / (name + ".refused"), ignored);
}

bool Orders::refused(const std::string& name) const {
  std::error_code error;
  return std::filesystem::exists(directory_ / (name + ".refused"), error);
}

}  // namespace houniao
