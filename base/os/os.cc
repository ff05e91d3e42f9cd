#include "base/os/os.h"

#include <malloc.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <thread>

#include "base/os/new_file.h"

namespace houniao::os {
namespace {

// The disk takes a large file in pieces: whoever syncs something of his own meanwhile waits for one
// of them, not for the file.
constexpr std::size_t kSyncedPieceBytes = std::size_t{1} << 20;

}  // namespace

WallTime SystemClock::wall() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return WallTime{std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

std::int64_t SystemClock::monotonic_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

void SystemRandom::fill(std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return fail(Errc::not_found, path.string() + ": cannot be opened");
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size > bytes_max) {
    return fail(Errc::too_large, path.string() + ": over " + std::to_string(bytes_max) + " bytes");
  }
  Bytes out(size);
  in.seekg(0);
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size));
  if (!in) return fail(Errc::storage_failed, path.string() + ": short read");
  return out;
}

Result<void> write_file_durably(const std::filesystem::path& path, ByteView content) {
  auto file = NewFile::create(path, Readers::owner);
  if (!file) return file.error();
  for (;;) {
    const std::size_t piece = std::min(content.size(), kSyncedPieceBytes);
    HOUNIAO_TRY(file->write(content.first(piece)));
    content = content.subspan(piece);
    if (content.empty()) return file->finish();
    HOUNIAO_TRY(file->sync());
  }
}

void give_way() {
  constexpr int kNice = 5;
  ::setpriority(PRIO_PROCESS, 0, kNice);  // on Linux the calling thread's alone
}

#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)

namespace {

constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;
// What the heap grows by, so that nearly all of it is asked for before it is used. Addresses only.
constexpr int kHeapStep = 1 << 30;

std::uintptr_t heap_end() { return reinterpret_cast<std::uintptr_t>(::sbrk(0)); }

}  // namespace

LargePages::LargePages() : asked_to_(heap_end() / kLargePage * kLargePage) {
  ::mallopt(M_TOP_PAD, kHeapStep);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  // Hash tables of many megabytes, whose lines are the most distant, belong to the heap as well.
  ::mallopt(M_MMAP_MAX, 0);
  void* volatile first_step = std::malloc(kHeapStep);  // volatile: else the pair is optimised away
  std::free(first_step);
  extend();
}

void LargePages::extend() {
  const std::uintptr_t end = heap_end() / kLargePage * kLargePage;
  if (end > asked_to_) {
    ::madvise(reinterpret_cast<void*>(asked_to_), end - asked_to_, MADV_HUGEPAGE);
  }
  asked_to_ = end;  // less when the heap has shrunk
}

#else

LargePages::LargePages() = default;
void LargePages::extend() {}

#endif

std::int64_t rss_bytes() {
  std::ifstream in("/proc/self/statm");
  std::int64_t pages_total = 0;
  std::int64_t pages_resident = 0;
  in >> pages_total >> pages_resident;
  return pages_resident * ::sysconf(_SC_PAGESIZE);
}

std::int64_t peak_rss_bytes() {
  std::ifstream in("/proc/self/status");
  std::string line;
  while (std::getline(in, line)) {
    std::int64_t kib = 0;
    if (std::sscanf(line.c_str(), "VmHWM: %" SCNd64, &kib) == 1) return kib * 1024;
  }
  return 0;
}

namespace {

rusage own_usage() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage;
}
std::int64_t us_of(const timeval& t) { return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_usec; }

}  // namespace

std::int64_t cpu_time_us() {
  const rusage usage = own_usage();
  return us_of(usage.ru_utime) + us_of(usage.ru_stime);
}
std::int64_t kernel_time_us() { return us_of(own_usage().ru_stime); }

void pause_us(std::int64_t us) { std::this_thread::sleep_for(std::chrono::microseconds(us)); }

}  // namespace houniao::os
