#include "tools/import/xlsx.h"

#include <algorithm>

#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

constexpr std::string_view kZipMagic("PK\x03\x04", 4);
constexpr std::string_view kOldMagic("\xD0\xCF\x11\xE0", 4);
constexpr const char* kRootRelations = "_rels/.rels";

struct Relation {
  std::string id;
  std::string type;
  std::string target;
};

class RelationsReader final : public XmlHandler {
 public:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship") return {};
    if (relations.size() >= limits::kZipEntriesMax) {
      return fail(Errc::limit_exceeded, "the workbook has too many relations");
    }
    relations.push_back({std::string(attributes.get("Id").value_or("")),
                         std::string(attributes.get("Type").value_or("")),
                         std::string(attributes.get("Target").value_or(""))});
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }
  Result<void> text(std::string_view) override { return {}; }

  // Of the transitional and of the strict form, which differ in what comes before.
  const Relation* of_type(std::string_view last) const {
    const auto found = std::find_if(relations.begin(), relations.end(), [&](const Relation& r) {
      return r.type.size() > last.size() && r.type.ends_with(last) &&
             r.type[r.type.size() - last.size() - 1] == '/';
    });
    return found == relations.end() ? nullptr : &*found;
  }
  const Relation* with_id(std::string_view id) const {
    const auto found = std::find_if(relations.begin(), relations.end(),
                                    [&](const Relation& r) { return r.id == id; });
    return found == relations.end() ? nullptr : &*found;
  }

  std::vector<Relation> relations;
};

class WorkbookReader final : public XmlHandler {
 public:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const auto value = attributes.get("date1904").value_or("0");
      from_1904 = value == "1" || value == "true";
    } else if (name == "sheet") {
      if (sheets.size() >= limits::kSheetsMax) {
        return fail(Errc::limit_exceeded, "the workbook has more than " +
                                              std::to_string(limits::kSheetsMax) +
                                              " sheets (kSheetsMax)");
      }
      sheets.push_back({std::string(attributes.get("name").value_or("")),
                        std::string(attributes.get("id").value_or(""))});
    }
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }
  Result<void> text(std::string_view) override { return {}; }

  struct Named {
    std::string name;
    std::string relation;
  };
  std::vector<Named> sheets;
  bool from_1904 = false;
};

std::string folder_of(const std::string& part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string::npos ? std::string() : part.substr(0, slash + 1);
}

// A target is absolute, or relative to the folder of the part that names it.
std::string resolve(const std::string& folder, const std::string& target) {
  if (target.starts_with('/')) return target.substr(1);
  std::string base = folder;
  std::string rest = target;
  while (rest.starts_with("../") && !base.empty()) {
    rest = rest.substr(3);
    base = folder_of(base.substr(0, base.size() - 1));
  }
  return base + rest;
}

std::string relations_of(const std::string& part) {
  const std::string folder = folder_of(part);
  return folder + "_rels/" + part.substr(folder.size()) + ".rels";
}

}  // namespace

FileKind kind_of(ByteView file) {
  const std::string_view text = as_text(file);
  if (text.starts_with(kZipMagic)) return FileKind::workbook;
  if (text.starts_with(kOldMagic)) return FileKind::old_workbook;
  return FileKind::csv;
}

Result<Workbook> Workbook::open(ByteView file) {
  if (kind_of(file) == FileKind::old_workbook) {
    return fail(
        Errc::invalid_argument,
        "an .xls workbook of the old kind, or one with a password; save it as .xlsx without "
        "a password; 旧版 .xls 或带密码的工作簿，请另存为不带密码的 .xlsx");
  }
  auto zip = ZipReader::open(file);
  if (!zip) return zip.error();
  Workbook out(std::move(*zip));
  HOUNIAO_TRY(out.load());
  return out;
}

Result<void> Workbook::parse(const std::string& part, XmlHandler& handler) const {
  XmlReader xml(handler);
  auto read = zip_.read(
      part, [&](ByteView chunk, bool last) -> Result<void> { return xml.feed(chunk, last); });
  if (!read) return fail(read.error().code, part + ": " + read.error().detail);
  return {};
}

Result<void> Workbook::load() {
  RelationsReader root;
  HOUNIAO_TRY(parse(kRootRelations, root));
  const Relation* document = root.of_type("officeDocument");
  if (document == nullptr) return fail(Errc::corrupt, "an archive that holds no workbook");
  const std::string main = resolve("", document->target);
  WorkbookReader book;
  HOUNIAO_TRY(parse(main, book));
  from_1904_ = book.from_1904;
  RelationsReader relations;
  HOUNIAO_TRY(parse(relations_of(main), relations));
  const std::string folder = folder_of(main);
  for (const WorkbookReader::Named& sheet : book.sheets) {
    const Relation* relation = relations.with_id(sheet.relation);
    if (relation == nullptr) {
      return fail(Errc::corrupt, "sheet " + sheet.name + " of the workbook is not in the archive");
    }
    sheets_.push_back({sheet.name, resolve(folder, relation->target)});
  }
  if (const Relation* strings = relations.of_type("sharedStrings")) {
    SharedStringsReader reader;
    HOUNIAO_TRY(parse(resolve(folder, strings->target), reader));
    strings_ = reader.take();
  }
  if (const Relation* styles = relations.of_type("styles")) {
    XlsxStylesReader reader;
    HOUNIAO_TRY(parse(resolve(folder, styles->target), reader));
    styles_ = reader.take();
  }
  return {};
}

Result<Sheet> Workbook::read(const SheetName& sheet) const {
  SheetReader reader(strings_, styles_, from_1904_);
  HOUNIAO_TRY(parse(sheet.part, reader));
  return reader.take();
}

}  // namespace houniao::importing
