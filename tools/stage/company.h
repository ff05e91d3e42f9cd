// The people of one programme that is played: their tablets, the pack they work by, and what every
// programme does in the same way. A programme's own story derives nothing from this; it owns one.
//
// Owned by the play; one thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/pack.h"
#include "tools/stage/backstage.h"
#include "tools/stage/dice.h"
#include "tools/stage/identities.h"
#include "tools/stage/tablet.h"

namespace houniao::stage {

inline constexpr std::chrono::seconds kSyncTimeout{300};

class Company {
 public:
  // `pack` and `backstage` outlive the company; `tell` gets one line of progress at a time, never
  // with personal data. Identities are drawn from `seed` and the pack's code, so that companies do
  // not share them.
  Company(const Pack& pack, Backstage& backstage, std::uint64_t seed,
          std::function<void(std::string_view)> tell);

  const Pack& pack;
  Backstage& backstage;
  std::function<void(std::string_view)> tell;
  Dice dice;
  Identities identities;

  // Enrols a tablet with a fresh one-time code and connects it.
  Result<Tablet*> enrol(const DeviceRequest& request);
  const std::vector<std::unique_ptr<Tablet>>& tablets() const { return tablets_; }
  std::uint64_t written() const;
  // Every tablet comes online and ends with everything of its scopes.
  Result<void> come_home();

  ScopeId scope(std::string_view code) const;  // of the pack; the code must exist

 private:
  std::vector<std::unique_ptr<Tablet>> tablets_;
};

// The keyed hash of a payee's bank account, as a verified credential and a payment both carry it.
std::string account_index(OrganisationId organisation);

// The number of days from a civil date, for stories that speak of dates.
inline Day on(int year, int month, int date) { return to_day({year, month, date}); }

}  // namespace houniao::stage
