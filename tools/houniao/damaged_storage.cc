#include "tools/houniao/damaged_storage.h"

#include <unistd.h>

namespace houniao {
namespace {

constexpr char kLine[] =
    "错误：存储文件已损坏或被截断，无法读取；请勿继续使用，改用备份 / error: the storage is "
    "damaged or cut off and cannot be read; do not go on with it, take a backup\n";

constexpr char kObject[] =
    R"({"error":{"code":"corrupt","message":"the storage is damaged or cut off and cannot be read",)"
    R"("what_to_do_zh":"存储文件已损坏或被截断；请勿继续使用，改用备份",)"
    R"("what_to_do_en":"do not go on with it, take a backup"}})"
    "\n";

volatile std::sig_atomic_t json_wanted = 0;

// Only calls that a signal handler may make.
void end_the_process(int) {
  if (json_wanted != 0) {
    [[maybe_unused]] const auto told = ::write(STDOUT_FILENO, kObject, sizeof kObject - 1);
  }
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kLine, sizeof kLine - 1);
  ::_exit(kExitCorrupt);
}

}  // namespace

DamagedStorage::DamagedStorage(const Context& context) {
  json_wanted = context.json ? 1 : 0;
  struct sigaction action {};
  action.sa_handler = end_the_process;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &bus_before_);
  sigaction(SIGSEGV, &action, &segv_before_);
  sigaction(SIGABRT, &action, &abort_before_);
}

DamagedStorage::~DamagedStorage() {
  sigaction(SIGBUS, &bus_before_, nullptr);
  sigaction(SIGSEGV, &segv_before_, nullptr);
  sigaction(SIGABRT, &abort_before_, nullptr);
}

}  // namespace houniao
