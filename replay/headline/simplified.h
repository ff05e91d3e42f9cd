// Traditional characters and the simplified ones that they are folded to before texts are compared.
// One character stands for one: words that differ between regions are left alone, and so are
// characters that are rare in the press. Pure; any thread.
#pragma once

namespace houniao {

// The simplified form, or `c` itself.
char32_t simplified(char32_t c);

}  // namespace houniao
