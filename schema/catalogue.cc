#include "schema/catalogue.h"

#include <capnp/schema.h>

namespace houniao {

const CatalogueRow* find_row(std::string_view name) {
  for (const CatalogueRow& row : kCatalogue) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string_view name_of(Family family) {
  static constexpr std::array<std::string_view, 17> kNames = {
      "system",         "programmes", "people",    "organisations", "sites",      "workforce",
      "sessions",       "services",   "contracts", "funds",         "volunteers", "evaluations",
      "communications", "audit",      "orders",    "cases",         "calls"};
  return kNames[static_cast<std::size_t>(family)];
}

namespace {
struct RoleNames {
  schema::Role role;
  std::string_view en;
  std::string_view zh;
};
constexpr std::array kRoles = {
    RoleNames{schema::Role::FIELD, "field", "一线人员"},
    RoleNames{schema::Role::SUPERVISOR, "supervisor", "督导"},
    RoleNames{schema::Role::FINANCE, "finance", "财务"},
    RoleNames{schema::Role::AUDITOR, "auditor", "审计"},
    RoleNames{schema::Role::ADMIN, "admin", "管理员"},
    RoleNames{schema::Role::INTEGRATOR, "integrator", "集成方"},
};
}  // namespace

std::string_view name_of(schema::Role role) {
  for (const RoleNames& names : kRoles) {
    if (names.role == role) return names.en;
  }
  return "unknown";
}

std::string_view name_zh(schema::Role role) {
  for (const RoleNames& names : kRoles) {
    if (names.role == role) return names.zh;
  }
  return "未知";
}

bool parse_role(std::string_view text, schema::Role& out) {
  for (const RoleNames& names : kRoles) {
    if (names.en == text) {
      out = names.role;
      return true;
    }
  }
  return false;
}

}  // namespace houniao
