#include "replay/state_fields.h"

namespace houniao {

template void State::fields(CanonicalReader&);

}  // namespace houniao
