// Expected failures. Every function that can fail for a reason outside the program returns
// Result<T>; exceptions are left for bugs and for start-up. The codes are also the codes of the
// sync protocol's Error frame and of the HTTP problem documents, so one number means one thing
// everywhere; numbers are never reused.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace houniao {

// name, number, what to do (Chinese), what to do (English)
#define HOUNIAO_ERRORS(X)                                                                          \
  X(malformed, 1, "数据格式无法识别；请升级客户端后重试",                                          \
    "the bytes cannot be read; update the client and send again")                                  \
  X(too_large, 2, "超过大小上限；请拆分后重发", "over a size limit; split it and send again")      \
  X(bad_signature, 3, "签名不符；请重新连接，仍不行则重新入网",                                    \
    "the signature does not match; reconnect, then enrol again if it persists")                    \
  X(unknown_device, 4, "设备未入网；请向管理员索取一次性入网码",                                   \
    "the device is not enrolled; ask an administrator for a one-time code")                        \
  X(revoked_device, 5, "设备已停用；请联系管理员",                                                 \
    "the device is revoked; contact an administrator")                                             \
  X(chain_broken, 6, "设备事件链不连续；请从服务器告知的序号重发",                                 \
    "the device chain does not continue; resend from the device_seq the server names")             \
  X(chain_forked, 7, "设备事件链分叉；两份均已保留，设备须重新入网",                               \
    "the device chain forked; both copies are kept, the device must enrol again")                  \
  X(scope_denied, 8, "无此范围权限；请管理员授权后重发",                                           \
    "the scope is not granted; ask an administrator for the grant, then send again")               \
  X(bad_code, 9, "入网码无效或已用过；请索取新码",                                                 \
    "the enrolment code is wrong, used or expired; ask for a new one")                             \
  X(protocol, 10, "协议顺序错误；请重新连接", "a frame out of order; reconnect")                   \
  X(overloaded, 11, "服务器繁忙；请按提示时间后重试",                                              \
    "the server is busy; retry after the stated time")                                             \
  X(storage_full, 12, "服务器存储已满，只读；已确认的数据不受影响，请管理员扩容",                  \
    "the server's storage is full and read-only; nothing acknowledged is lost; the operator must " \
    "add space")                                                                                   \
  X(storage_failed, 13, "存储读写失败；请管理员检查磁盘后重启",                                    \
    "storage failed; the operator must check the disk and restart")                                \
  X(corrupt, 14, "数据已损坏或被改动；请勿继续使用，用备份核对",                                   \
    "data is damaged or altered; stop and compare with a backup")                                  \
  X(not_found, 15, "未找到；请核对编号", "not found; check the id")                                \
  X(invalid_argument, 16, "参数不正确；请按说明更正",                                              \
    "an argument is wrong; correct it as the message says")                                        \
  X(checkpoint_mismatch, 17, "检查点与日志不一致；可能被改写，请立即联系审计人员",                 \
    "the checkpoint does not match the log; history may have been rewritten; call an auditor")     \
  X(shutting_down, 18, "服务器正在停机；请稍后重连", "the server is stopping; reconnect later")    \
  X(wrong_key, 19, "密钥或口令不正确；请核对后重试",                                               \
    "the key or pass phrase is wrong; check it and try again")                                     \
  X(future_dated, 20, "设备时钟超前过多；请校准时间后重发",                                        \
    "the device clock is too far ahead; set the time and send again")                              \
  X(unauthorised, 21, "无权执行；请使用有相应角色的设备",                                          \
    "not allowed; use a device whose holder has the role")                                         \
  X(limit_exceeded, 22, "超过数量上限；请减少后重试", "over a count limit; reduce and try again")  \
  X(outbox_full, 23, "本机待发数据已满；请先联网同步",                                             \
    "the outbox is full; connect and sync first")                                                  \
  X(unavailable, 24, "暂时无法连接；请检查网络，数据已在本机保存",                                 \
    "cannot connect at present; check the network; the data is safe on this device")               \
  X(internal, 25, "程序内部错误；请保留日志并报告", "an internal error; keep the log and report it")

enum class Errc : std::uint16_t {
#define X(name, number, zh, en) name = number,
  HOUNIAO_ERRORS(X)
#undef X
};

std::string_view name(Errc code);  // "bad_signature"
std::string_view what_to_do_zh(Errc code);
std::string_view what_to_do_en(Errc code);
// The code with this wire number, or Errc::internal when the number is unknown.
Errc errc_from_number(std::uint16_t number);

struct Error {
  Errc code = Errc::internal;
  std::string detail;  // what happened and what it concerns; never personal data

  // "bad_signature: push of device 3f.. through 17: the signature does not match; reconnect, ..."
  std::string message() const;
};

// Required by boost::system::result for value() on an error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

template <class T = void>
using Result = boost::system::result<T, Error>;

inline Error fail(Errc code, std::string detail) { return Error{code, std::move(detail)}; }

// Returns the error of a Result from the enclosing function.
#define HOUNIAO_TRY(expression)                          \
  do {                                                   \
    if (auto try_result_ = (expression); !try_result_) { \
      return std::move(try_result_).error();             \
    }                                                    \
  } while (false)

// A broken promise of the program itself. Stays on in release; never fires on input from a peer.
#define HOUNIAO_ASSERT(condition)                                                  \
  do {                                                                             \
    if (!(condition)) ::houniao::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace houniao
