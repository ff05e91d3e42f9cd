// The main() of every test program.
#include <gtest/gtest.h>

#include "base/crypto.h"

int main(int argc, char** argv) {
  houniao::crypto_init();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
