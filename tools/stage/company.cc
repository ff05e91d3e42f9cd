#include "tools/stage/company.h"

#include "base/crypto.h"

namespace houniao::stage {

Company::Company(const Pack& pack_of_programme, Backstage& stage, std::uint64_t seed,
                 std::function<void(std::string_view)> teller)
    : pack(pack_of_programme),
      backstage(stage),
      tell(std::move(teller)),
      dice(Dice(seed).fork(pack.code)),
      identities(dice.fork("identities")) {}

Result<Tablet*> Company::enrol(const DeviceRequest& request) {
  auto device = backstage.enrol(request);
  if (!device) return fail(device.error().code, request.label + ": " + device.error().detail);
  tablets_.push_back(std::make_unique<Tablet>(request.label, std::move(*device)));
  tablets_.back()->actor = request.holder;
  return tablets_.back().get();
}

std::uint64_t Company::written() const {
  std::uint64_t sum = 0;
  for (const auto& tablet : tablets_) sum += tablet->written();
  return sum;
}

Result<void> Company::come_home() {
  for (const auto& tablet : tablets_) HOUNIAO_TRY(tablet->connect());
  for (const auto& tablet : tablets_) HOUNIAO_TRY(tablet->sync(kSyncTimeout));
  return {};
}

ScopeId Company::scope(std::string_view code) const {
  const PackScope* found = pack.scope(code);
  HOUNIAO_ASSERT(found != nullptr);
  return ScopeId{found->id};
}

std::string account_index(OrganisationId organisation) {
  // The account number itself is nobody's business; what stands here is a hash of an invented one.
  const std::string invented = "account of " + to_string(EventId{organisation.value});
  return to_hex(sha256(as_bytes(invented)).view());
}

}  // namespace houniao::stage
