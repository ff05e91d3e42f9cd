// The pages below /log (server/http/tlog.h) as responses. One per HttpApi; any thread.
#pragma once

#include <functional>

#include "server/cosignatures.h"
#include "server/engine.h"
#include "server/http/tlog.h"

namespace houniao {

class TlogPages {
 public:
  // `cosignatures` may be null; both outlive the pages.
  TlogPages(Engine& engine, const Cosignatures* cosignatures)
      : engine_(engine), cosignatures_(cosignatures) {}

  // Who asks, when a page wants to know.
  using Access = std::function<Result<AccessToken>()>;
  // nullopt for a path that is none of these pages.
  std::optional<HttpResponse> page(const Target& target, const Access& access);
  // Pages that read many records or fold.
  static bool is_slow(std::string_view target);

 private:
  HttpResponse checkpoint(std::string_view which);
  HttpResponse checkpoints(const Target& target);
  HttpResponse keys();
  HttpResponse tile(std::string_view rest, const Access& access);
  HttpResponse event_proof(std::string_view event);

  Engine& engine_;
  const Cosignatures* cosignatures_;
};

}  // namespace houniao
