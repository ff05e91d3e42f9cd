#include "replay/state_fields.h"

namespace houniao {

template void State::fields(CanonicalWriter&);

}  // namespace houniao
