#include "replay/headline/numbers.h"

namespace houniao {

Label label_of(NumberRole role) {
  switch (role) {
    case NumberRole::claim:
      return {"数字", "a number"};
    case NumberRole::date:
      return {"日期", "a date"};
    case NumberRole::duration:
      return {"时长", "a length of time"};
    case NumberRole::ordinal:
      return {"序数", "an ordinal"};
    case NumberRole::age:
      return {"年龄", "an age"};
    case NumberRole::level:
      return {"等级", "a level or grade"};
    case NumberRole::name:
      return {"名称或编号", "part of a name"};
    case NumberRole::clock:
      return {"时刻", "a time of day"};
    case NumberRole::phrase:
      return {"固定说法", "a phrase"};
    case NumberRole::unread:
      return {"未能读懂的数，无法得知", "a numeral that is not understood: cannot be known"};
    case NumberRole::planned:
      return {"计划或预计，并非结果，无法得知", "planned or expected, no result: cannot be known"};
    case NumberRole::negated:
      return {"否定的说法，无法得知", "a number that is denied: cannot be known"};
    case NumberRole::negative:
      return {"负数，无法得知", "a number below zero: cannot be known"};
    case NumberRole::bare:
      return {"没有量词的数字词", "numeral characters without a counting word"};
  }
  return {};
}

}  // namespace houniao
