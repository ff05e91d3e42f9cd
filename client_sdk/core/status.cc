#include "client_sdk/core/status.h"

namespace houniao {

std::string_view name(SyncStatus status) {
  switch (status) {
    case SyncStatus::on_device:
      return "on_device";
    case SyncStatus::received:
      return "received";
    case SyncStatus::accepted:
      return "accepted";
    case SyncStatus::flagged:
      return "flagged";
    case SyncStatus::held:
      return "held";
  }
  return "unknown";
}

std::string_view name_zh(SyncStatus status) {
  switch (status) {
    case SyncStatus::on_device:
      return "本机已存";
    case SyncStatus::received:
      return "服务器已收到";
    case SyncStatus::accepted:
      return "已接受";
    case SyncStatus::flagged:
      return "已接受，有提示";
    case SyncStatus::held:
      return "待决";
  }
  return "未知";
}

std::string_view name(Link link) {
  switch (link) {
    case Link::offline:
      return "offline";
    case Link::connecting:
      return "connecting";
    case Link::online:
      return "online";
    case Link::waiting:
      return "waiting";
  }
  return "unknown";
}

}  // namespace houniao
