// The real machine behind the ports of base/ports.h, and the few file operations that programs
// share. Nothing else in the project reads the clock or the entropy source.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ports.h"

namespace houniao::os {

// Thread-safe.
class SystemClock final : public Clock {
 public:
  WallTime wall() override;
  std::int64_t monotonic_us() override;
};

// Thread-safe; the kernel's generator through libsodium.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t bytes_max);
// The whole of a NewFile (base/os/new_file.h) that only its owner may read.
Result<void> write_file_durably(const std::filesystem::path& path, ByteView content);

// From now on the calling thread, and on systems other than Linux the process, gets less of a busy
// processor: for work in the background that somebody may wait for, so a little less only.
void give_way();

// Blocks the calling thread for about that long.
void pause_us(std::int64_t us);

// Large pages behind the main thread's heap, for programs whose state takes gigabytes: the kernel
// hands out memory, and the processor translates addresses, a few hundred times less often. From
// the first one on the heap grows in large steps and keeps what is freed. Used by the main thread
// only; never fails: where there are no large pages nothing changes.
class LargePages {
 public:
  LargePages();
  // Asks for them behind what the heap has grown by since the last time. Call between the parts of
  // a long piece of work; costs a system call after the heap has grown, nothing otherwise.
  void extend();

 private:
  std::uintptr_t asked_to_ = 0;  // end of what was asked for
};

std::int64_t rss_bytes();       // resident memory of this process
std::int64_t peak_rss_bytes();  // the most that it ever was (VmHWM); 0 when the system does not say
std::int64_t cpu_time_us();     // user and system time of this process
std::int64_t kernel_time_us();  // system time alone

}  // namespace houniao::os
