// Invented people and bodies: names, citizen identification numbers with right check digits, phone
// numbers and social credit codes, none of them real. What is generated here is the only personal
// data of the demonstration; it leaves this process only sealed, except for the list that a leak
// test asks for. One thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "client_sdk/core/draft.h"
#include "tools/stage/dice.h"

namespace houniao::stage {

struct Identity {
  PersonalData data;  // name and phone; number and birth date when a document was seen
  std::uint32_t native_region = 0;  // GB/T 2260, prefecture
  bool male = false;
};

class Identities {
 public:
  // Phones and social credit codes are counted through. Whoever must not share one with the people
  // and bodies of another story, not even by accident, takes a series of its own, up to 9.
  explicit Identities(Dice dice, std::uint32_t series = 0)
      : dice_(dice), phones_(series * kPhonesPerSeries), bodies_(series * kBodiesPerSeries) {}

  // A person of Henan unless `native_prefix` names another province; `with_document` adds an
  // identification number and birth date.
  Identity person(bool with_document, std::uint32_t native_prefix = 41);
  // A valid social credit code of a registrar and kind ("52" social service body, "11" authority,
  // "91" firm), unique.
  std::string uscc(const std::string& kind, std::uint32_t region);

  // Every name, number and phone that was ever given out.
  const std::vector<std::string>& secrets() const { return secrets_; }

 private:
  static constexpr std::uint64_t kPhonesPerSeries = 1'000'000;
  static constexpr std::uint64_t kBodiesPerSeries = 80'000;

  std::string id_number(std::uint32_t county, CivilDate birth, bool male);

  Dice dice_;
  std::uint64_t phones_;
  std::uint64_t bodies_;
  std::set<std::string> numbers_;
  std::vector<std::string> secrets_;
};

}  // namespace houniao::stage
