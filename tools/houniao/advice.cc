#include "tools/houniao/advice.h"

namespace houniao {

Advice usual_advice(Errc code) { return {what_to_do_zh(code), what_to_do_en(code)}; }

Advice advice_for_auditors(Errc code) {
  switch (code) {
    case Errc::malformed:
      return {"文件不是所要的格式，或已残缺；请核对文件，必要时重新索取",
              "the file is not of the form that is needed, or is cut off; check which file it is "
              "and ask for it again if need be"};
    case Errc::too_large:
    case Errc::limit_exceeded:
      return {"超过上限；请核对给的是不是所要的文件",
              "over a limit; check that it is the file that is needed"};
    case Errc::bad_signature:
      return {"签名不符；先与另处取得的公钥核对，公钥无误则不可采信，原件留作证据",
              "the signature does not hold; compare the key with one from elsewhere, and if it is "
              "right do not rely on the file and keep it as evidence"};
    case Errc::wrong_key:
      return {"公钥不合；各公钥的起止见 houniao audit vkey --all",
              "the wrong key; houniao audit vkey --all says which key signs from where"};
    case Errc::unknown_device:
    case Errc::revoked_device:
    case Errc::chain_broken:
    case Errc::chain_forked:
    case Errc::scope_denied:
    case Errc::bad_code:
    case Errc::protocol:
    case Errc::future_dated:
    case Errc::corrupt:
      return {"数据已损坏或被改动，不可采信；留存原件，并与备份核对",
              "data is damaged or altered; do not rely on it, keep it as it is and compare with a "
              "backup"};
    case Errc::checkpoint_mismatch:
      return {"检查点与日志不一致，历史可能被改写；两者都留存，并要求说明",
              "the checkpoint does not match the log; history may have been rewritten; keep both "
              "and demand an explanation"};
    case Errc::storage_full:
      return {"磁盘已满；请腾出空间或写到别处", "the disk is full; make room or write elsewhere"};
    case Errc::storage_failed:
      return {"读写失败；请核对路径、权限与磁盘",
              "reading or writing failed; check the path, the permissions and the disk"};
    case Errc::unavailable:
    case Errc::overloaded:
    case Errc::shutting_down:
    case Errc::outbox_full:
      return {"暂时不可用；请稍后再试，或取数据目录的副本",
              "not available at present; try again later, or take a copy of the data directory"};
    case Errc::unauthorised:
      return {"无权执行；请向保管者取得相应权限", "not allowed; ask the keeper for the right to"};
    case Errc::not_found:
    case Errc::invalid_argument:
    case Errc::internal:
      return usual_advice(code);
  }
  return usual_advice(code);
}

}  // namespace houniao
