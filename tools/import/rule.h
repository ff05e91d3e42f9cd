// How a value is made out of the cells of a row: one rule per field, checked against the schema
// when the mapping is read. Plain values.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/import/clean.h"
#include "tools/import/dates.h"
#include "tools/import/value.h"

namespace houniao::importing {

// Place of a column in Entry::columns.
using ColumnRef = std::size_t;

// How the texts of a key are made equal: `number` is for id and certificate numbers, in which white
// space, dashes and the case of letters mean nothing.
enum class KeyForm : std::uint8_t { text, number };

struct FieldRule;

struct Rule {
  enum class Kind : std::uint8_t {
    constant,
    text,
    whole,
    scaled,  // a decimal times `multiply`
    money,   // into fen
    date,
    minute,
    boolean,
    enumeration,  // the name of an enumerant
    id,
    hex,
    codes,
    reference,  // the entity that the row with this key creates
    split,      // one cell with several elements
    list,       // several rules, one element each
    structure
  };
  Kind kind = Kind::constant;
  std::string place;  // in the mapping, a JSON pointer
  Target target;
  std::vector<ColumnRef> columns;  // one, but for references with a key of several
  bool required = false;
  std::optional<ColumnRef> when_filled;  // only where that column is not empty
  std::optional<Value> when_empty;

  Value constant;
  TextRule text;
  std::uint64_t multiply = 1;  // of scaled; of money: fen in a unit
  std::string unit;            // of money: the word that may follow
  DateRule date;
  std::map<std::string, Value, std::less<>> codes;
  std::optional<Value> other_codes;
  std::string space;  // of reference: whose keys
  KeyForm form = KeyForm::text;
  std::string separator;  // of split
  std::vector<Rule> items;
  std::vector<FieldRule> members;
};

struct FieldRule {
  capnp::StructSchema::Field field;
  Rule rule;
};

}  // namespace houniao::importing
