// The real program as tests use it: run a command to its end, or keep a server running, kill it and
// start it again. Also a plain HTTP GET. Loopback only. One thread, unless said otherwise.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace houniao::tests {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Outcome {
  int exit_code = -1;  // 128 + signal when it was killed
  std::string out;
  std::string err;
};

// `houniao ARGS...`; its outputs go through files, so that nothing can block.
Outcome houniao(const std::vector<std::string>& args);

class ServerProcess {
 public:
  explicit ServerProcess(std::string data) : data_(std::move(data)) {}
  ~ServerProcess();  // kills it
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Starts `houniao serve` on a port of its own, the same one each time; true when it listens.
  // `more` are further options.
  bool start(const std::vector<std::string>& more = {});
  std::chrono::milliseconds startup() const { return startup_; }  // from fork to listening
  void kill();                                                    // SIGKILL, and waits
  Outcome terminate();                                            // SIGTERM, and waits
  bool running() const { return pid_ > 0; }

  std::uint16_t port() const { return port_; }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_); }

 private:
  int wait();

  std::string data_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::chrono::milliseconds startup_{};
};

// `houniao witness serve` on a free port.
class WitnessProcess {
 public:
  ~WitnessProcess();  // kills it
  // True when it listens.
  bool start(const std::string& state, const std::string& name, const std::string& log_key);
  const std::string& url() const { return url_; }
  const std::string& key() const { return key_; }  // its verifier key

 private:
  pid_t pid_ = -1;
  std::string url_;
  std::string key_;
};

struct HttpAnswer {
  int status = 0;  // 0: no connection
  std::string body;
};
HttpAnswer http_get(std::uint16_t port, const std::string& target, const std::string& token = {});
// A connected socket, -1 when nobody listens. The caller closes it.
int connect_loopback(std::uint16_t port);

}  // namespace houniao::tests
