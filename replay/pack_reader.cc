#include "replay/pack_reader.h"

namespace houniao::pack_reader {
namespace {

const Json& empty_object() {
  static const Json object = Json::object();
  return object;
}

}  // namespace

const Note* Notes::first_fault() const {
  for (const Note& note : notes_) {
    if (!note.warning) return &note;
  }
  return nullptr;
}

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

Object::Object(const Json& json, std::string path, Notes& notes)
    : json_(json.is_object() ? json : empty_object()), path_(std::move(path)), notes_(notes) {
  if (json.is_object()) return;
  abandon();
  wrong_here("应为对象 {...}", "an object {...} is needed");
}

const Json* Object::find(const char* key) {
  seen_.insert(key);
  const auto it = json_.find(key);
  return it == json_.end() ? nullptr : &*it;
}

const Json* Object::need(const char* key) {
  const Json* found = find(key);
  if (found == nullptr && !abandoned_) {
    wrong(key, "缺少成员 \"" + std::string(key) + "\"",
          "the member \"" + std::string(key) + "\" is missing");
  }
  return found;
}

std::string Object::text(const char* key) {
  const Json* value = need(key);
  if (value == nullptr) return {};
  if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
    wrong(key, "应为非空文字", "a text that is not empty is needed");
    return {};
  }
  return value->get<std::string>();
}

std::string Object::text_or(const char* key, std::string fallback) {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_string()) return value->get<std::string>();
  wrong(key, "应为文字", "a text is needed");
  return fallback;
}

std::int64_t Object::whole(const Json& value, const std::string& path, std::int64_t least,
                           std::int64_t most) {
  if (!value.is_number_integer()) {
    notes_.fault(path, "应为整数", "a whole number is needed");
    return std::max<std::int64_t>(least, 0);
  }
  const bool huge =
      value.is_number_unsigned() && !std::in_range<std::int64_t>(value.get<std::uint64_t>());
  const std::int64_t number = huge ? 0 : value.get<std::int64_t>();
  if (!huge && least <= number && number <= most) return number;
  const std::string low = std::to_string(least);
  const std::string high = std::to_string(most);
  notes_.fault(path, "超出范围，应在 " + low + " 与 " + high + " 之间",
               "out of range, " + low + " to " + high + " is needed");
  return std::max<std::int64_t>(least, 0);
}

std::optional<std::int64_t> Object::maybe_number(const char* key) {
  if (!has(key)) return std::nullopt;
  return number<std::int64_t>(key);
}

std::optional<bool> Object::maybe(const char* key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  wrong(key, "应为 true 或 false", "true or false is needed");
  return std::nullopt;
}

Day Object::day(const char* key) {
  const Json* value = need(key);
  if (value == nullptr) return {};
  const std::string written = value->is_string() ? value->get<std::string>() : value->type_name();
  const std::optional<Day> parsed = value->is_string() ? parse_day(written) : std::nullopt;
  if (!parsed) {
    wrong(key, "应为日期 YYYY-MM-DD，不是 " + written,
          "a date YYYY-MM-DD is needed, not " + written);
  }
  return parsed.value_or(Day{});
}

std::optional<Day> Object::maybe_day(const char* key) {
  if (!has(key)) return std::nullopt;
  return day(key);
}

void Object::days(const char* from_key, const char* to_key, Day& from, Day& to) {
  from = day(from_key);
  to = day(to_key);
  const bool written = has(from_key) && has(to_key);
  if (written && to < from) {
    wrong(to_key, "早于 \"" + std::string(from_key) + "\"",
          "lies before \"" + std::string(from_key) + "\"");
  }
}

Label Object::label(const char* key) {
  return object(key, [](Object& inner) {
    Label label;
    label.zh = inner.text("zh");
    label.en = inner.text("en");
    return label;
  });
}

std::vector<std::string> Object::texts(const char* key) {
  std::vector<std::string> out;
  each(key, [&](const Json& item, const std::string& path) {
    if (!item.is_string()) return notes_.fault(path, "应为文字", "a text is needed");
    out.push_back(item.get<std::string>());
  });
  return out;
}

void Object::unknown(const char* key, const std::string& written, const std::string& list) {
  wrong(key, "不认识 \"" + written + "\"；可用：" + list,
        "\"" + written + "\" is not known; there are: " + list);
}

void Object::finish() {
  if (abandoned_) return;
  for (const auto& [key, value] : json_.items()) {
    if (seen_.contains(key)) continue;
    notes_.fault(at(key), "此处没有名为 \"" + key + "\" 的成员，或与所选的类型不相配",
                 "\"" + key + "\" is not a member that goes here");
  }
}

}  // namespace houniao::pack_reader
