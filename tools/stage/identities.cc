#include "tools/stage/identities.h"

#include <array>

#include "schema/checksums.h"

namespace houniao::stage {
namespace {

constexpr std::array kSurnames = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周",
                                  "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭",
                                  "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯",
                                  "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅"};
constexpr std::array kGiven = {
    "建", "国", "志", "明", "永", "军", "海", "波", "春", "梅", "秀", "兰", "玉", "珍", "桂", "芳",
    "晓", "燕", "红", "霞", "丽", "娟", "伟", "强", "磊", "勇", "杰", "涛", "斌", "辉", "鹏", "飞",
    "雪", "琴", "云", "莲", "宏", "刚", "平", "文", "武", "忠", "义", "俊", "彦", "凯", "博", "宇"};
// Prefectures of Henan, GB/T 2260.
constexpr std::array<std::uint32_t, 17> kPrefectures = {
    410100, 410200, 410300, 410400, 410500, 410600, 410700, 410800, 410900,
    411000, 411100, 411200, 411300, 411400, 411500, 411600, 411700};

std::string digits(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::string Identities::id_number(std::uint32_t county, CivilDate birth, bool male) {
  for (;;) {
    const std::int64_t sequence = dice_.between(0, 498) * 2 + (male ? 1 : 0);
    std::string number = digits(county, 6) + digits(static_cast<std::uint64_t>(birth.year), 4) +
                         digits(static_cast<std::uint64_t>(birth.month), 2) +
                         digits(static_cast<std::uint64_t>(birth.day), 2) +
                         digits(static_cast<std::uint64_t>(sequence), 3);
    number += resident_id_check(number);
    if (numbers_.insert(number).second) return number;
  }
}

Identity Identities::person(bool with_document, std::uint32_t native_prefix) {
  Identity out;
  out.male = dice_.one_in(2);
  out.native_region = native_prefix == 41 ? dice_.pick(kPrefectures) : native_prefix * 10'000 + 100;
  // Three characters: long enough that finding one in a file is no accident.
  out.data.name = std::string(dice_.pick(kSurnames)) + dice_.pick(kGiven) + dice_.pick(kGiven);
  // 199 numbers of eleven digits, each given once.
  out.data.phone =
      "199" + digits(20'000'000 + phones_ * 7 + static_cast<std::uint64_t>(dice_.between(0, 6)), 8);
  ++phones_;
  secrets_.push_back(out.data.name);
  secrets_.push_back(out.data.phone);
  if (with_document) {
    const CivilDate birth{static_cast<int>(dice_.between(1966, 1995)),
                          static_cast<int>(dice_.between(1, 12)),
                          static_cast<int>(dice_.between(1, 28))};
    out.data.birth_date = birth;
    out.data.id_number = id_number(
        out.native_region + static_cast<std::uint32_t>(dice_.between(21, 29)), birth, out.male);
    secrets_.push_back(out.data.id_number);
  }
  return out;
}

std::string Identities::uscc(const std::string& kind, std::uint32_t region) {
  std::string organisation = "MB" + digits(100'000 + bodies_++, 6);
  organisation += organisation_code_check(organisation);
  std::string code = kind + digits(region, 6) + organisation;
  code += uscc_check(code);
  return code;
}

}  // namespace houniao::stage
