#include "tests/support/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace houniao::tests {
namespace {

using Timer = std::chrono::steady_clock;
constexpr auto kStartMax = std::chrono::seconds(20);

std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(127);
  close(file);
}

// Child of a test: ends with the test program, also when that crashes.
pid_t spawn(const std::vector<std::string>& args, const std::string& out, const std::string& err) {
  std::vector<char*> argv;
  const std::string program = std::string(HOUNIAO_BINARY_DIR) + "/houniao";
  argv.push_back(const_cast<char*>(program.c_str()));
  for (const std::string& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  redirect(out, STDOUT_FILENO);
  redirect(err, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) < 0) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string text = (std::filesystem::temp_directory_path() / "houniao-test-XXXXXX").string();
  if (mkdtemp(text.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = text;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Outcome houniao(const std::vector<std::string>& args) {
  const TemporaryFolder folder;
  const pid_t pid = spawn(args, folder / "out", folder / "err");
  Outcome outcome;
  outcome.exit_code = wait_for(pid);
  outcome.out = read_all(folder / "out");
  outcome.err = read_all(folder / "err");
  return outcome;
}

ServerProcess::~ServerProcess() { kill(); }

bool ServerProcess::start(const std::vector<std::string>& more) {
  const std::string port_file = data_ + ".port";
  std::filesystem::remove(port_file);
  std::vector<std::string> args = {
      "serve",       "--data", data_, "--listen", "127.0.0.1:" + std::to_string(port_),
      "--port-file", port_file};
  args.insert(args.end(), more.begin(), more.end());
  const auto began = Timer::now();
  pid_ = spawn(args, data_ + ".out", data_ + ".err");
  while (Timer::now() - began < kStartMax) {
    const std::string text = read_all(port_file);
    if (!text.empty() && text.back() == '\n') {
      port_ = static_cast<std::uint16_t>(std::stoi(text));
      startup_ = std::chrono::duration_cast<std::chrono::milliseconds>(Timer::now() - began);
      return true;
    }
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill();
  return false;
}

int ServerProcess::wait() { return wait_for(std::exchange(pid_, -1)); }

void ServerProcess::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  wait();
}

Outcome ServerProcess::terminate() {
  Outcome outcome;
  if (!running()) return outcome;
  ::kill(pid_, SIGTERM);
  outcome.exit_code = wait();
  outcome.out = read_all(data_ + ".out");
  outcome.err = read_all(data_ + ".err");
  return outcome;
}

WitnessProcess::~WitnessProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  wait_for(pid_);
}

bool WitnessProcess::start(const std::string& state, const std::string& name,
                           const std::string& log_key) {
  const std::string out = state + ".out";
  pid_ = spawn({"--json", "witness", "serve", "--state", state, "--name", name, "--vkey", log_key},
               out, state + ".err");
  for (const auto began = Timer::now(); Timer::now() - began < kStartMax;) {
    const auto json = nlohmann::json::parse(read_all(out), nullptr, false);
    if (json.is_object()) {
      url_ = json.at("url");
      key_ = json.at("key");
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

int connect_loopback(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return descriptor;
  }
  close(descriptor);
  return -1;
}

HttpAnswer http_get(std::uint16_t port, const std::string& target, const std::string& token) {
  HttpAnswer answer;
  const int descriptor = connect_loopback(port);
  if (descriptor < 0) return answer;
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  request += "\r\n";
  std::string reply;
  if (send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) ==
      static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t n = 0; (n = recv(descriptor, buffer, sizeof buffer, 0)) > 0;) {
      reply.append(buffer, static_cast<std::size_t>(n));
    }
  }
  close(descriptor);
  if (reply.size() > 12 && reply.starts_with("HTTP/1.1 "))
    answer.status = std::stoi(reply.substr(9, 3));
  const std::size_t body = reply.find("\r\n\r\n");
  if (body != std::string::npos) answer.body = reply.substr(body + 4);
  return answer;
}

}  // namespace houniao::tests
