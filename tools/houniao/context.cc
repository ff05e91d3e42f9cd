#include "tools/houniao/context.h"

#include <ostream>
#include <utility>

#include "tools/houniao/advice.h"
#include "tools/houniao/json_out.h"

namespace houniao {

ExitCode exit_code_of(Errc code) {
  switch (code) {
    case Errc::storage_full:
    case Errc::storage_failed:
      return kExitStorage;
    case Errc::unavailable:
    case Errc::overloaded:
    case Errc::shutting_down:
    case Errc::protocol:
      return kExitNetwork;
    case Errc::corrupt:
    case Errc::malformed:
    case Errc::chain_broken:
    case Errc::chain_forked:
    case Errc::checkpoint_mismatch:
      return kExitCorrupt;
    case Errc::bad_signature:
    case Errc::unknown_device:
    case Errc::revoked_device:
    case Errc::scope_denied:
    case Errc::bad_code:
    case Errc::wrong_key:
    case Errc::future_dated:
    case Errc::unauthorised:
      return kExitRefused;
    case Errc::too_large:
    case Errc::not_found:
    case Errc::invalid_argument:
    case Errc::limit_exceeded:
    case Errc::outbox_full:
      return kExitUsage;
    case Errc::internal:
      return kExitInternal;
  }
  return kExitInternal;
}

std::string exit_code_help() {
  return "退出码 / exit codes:\n"
         "  0  完成，全部核对通过 / done, every check holds\n"
         "  1  完成，但有核对不通过或不相等 / done, but a check failed or digests differ\n"
         "  2  命令行或参数不正确 / the command line or an argument is wrong\n"
         "  3  存储已满或读写失败 / the disk is full or failed\n"
         "  4  无法连接、服务器繁忙或停机 / no connection, or the server is busy or stopping\n"
         "  5  数据损坏或被改动 / data is damaged or altered\n"
         "  6  服务器或密钥拒绝（入网、签名、权限、口令）/ refused: enrolment, signature, grant, "
         "key\n"
         "  70 程序内部错误 / an error of the program itself";
}

void Context::progress(std::string_view line) {
  const std::lock_guard lock(progress_mutex_);
  err << line << '\n' << std::flush;
}

void Context::fail(const Error& error) {
  exit_code = exit_code_of(error.code);
  const Advice advice = auditing ? advice_for_auditors(error.code) : usual_advice(error.code);
  std::string what = "错误 / error: " + std::string(name(error.code));
  if (!error.detail.empty()) what += ": " + error.detail;
  progress(what + "; " + std::string(advice.en));
  progress("  " + std::string(advice.zh));
  if (!json) return;
  Json told = json_of(error);
  told["what_to_do_zh"] = advice.zh;
  told["what_to_do_en"] = advice.en;
  write_json(out, Json{{"error", std::move(told)}});
}

}  // namespace houniao
