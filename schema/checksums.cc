#include "schema/checksums.h"

#include <array>

namespace houniao {
namespace {

constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

bool digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number(std::string_view text) {
  int out = 0;
  for (char c : text) out = out * 10 + (c - '0');
  return out;
}

// Value of a character in GB 11714: digits, then A = 10 to Z = 35.
int organisation_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return -1;
}

}  // namespace

char resident_id_check(std::string_view first17) {
  static constexpr std::array<int, 17> kWeights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                   3, 7, 9,  10, 5, 8, 4, 2};
  if (first17.size() != kWeights.size() || !digits(first17)) return '\0';
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += (first17[i] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

std::optional<ResidentId> parse_resident_id(std::string_view id) {
  if (id.size() != 18 || !digits(id.substr(0, 17))) return std::nullopt;
  const char last = id[17] == 'x' ? 'X' : id[17];
  if (last != resident_id_check(id.substr(0, 17))) return std::nullopt;
  ResidentId out;
  out.region = static_cast<std::uint32_t>(number(id.substr(0, 6)));
  out.birth =
      CivilDate{number(id.substr(6, 4)), number(id.substr(10, 2)), number(id.substr(12, 2))};
  out.male = (id[16] - '0') % 2 == 1;
  if (out.birth.year < 1800 || !valid(out.birth)) return std::nullopt;
  return out;
}

char organisation_code_check(std::string_view first8) {
  static constexpr std::array<int, 8> kWeights = {3, 7, 9, 10, 5, 8, 4, 2};
  if (first8.size() != kWeights.size()) return '\0';
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    const int value = organisation_value(first8[i]);
    if (value < 0) return '\0';
    sum += value * kWeights[i];
  }
  const int check = 11 - sum % 11;
  if (check == 10) return 'X';
  return check == 11 ? '0' : static_cast<char>('0' + check);
}

bool valid_organisation_code(std::string_view code9) {
  return code9.size() == 9 && organisation_code_check(code9.substr(0, 8)) == code9[8];
}

char uscc_check(std::string_view first17) {
  if (first17.size() != 17) return '\0';
  std::size_t sum = 0;
  std::size_t weight = 1;  // powers of 3 modulo 31
  for (char c : first17) {
    const std::size_t value = kUsccAlphabet.find(c);
    if (value == std::string_view::npos) return '\0';
    sum += value * weight;
    weight = weight * 3 % 31;
  }
  return kUsccAlphabet[(31 - sum % 31) % 31];
}

bool valid_uscc(std::string_view code) {
  return code.size() == 18 && uscc_check(code.substr(0, 17)) == code[17] &&
         digits(code.substr(2, 6)) && valid_organisation_code(code.substr(8, 9));
}

std::string normalise_number(std::string_view number) {
  std::string out;
  for (char c : number) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return out;
}

}  // namespace houniao
