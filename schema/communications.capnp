@0x8ea380ea41a1a672;
# Family communications: messages to many.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct BroadcastSent {          # 群发短信推送
  channel @0 :Text;             # "sms", "wechat", ...
  audience @1 :Text;            # the query that chose the recipients
  recipients @2 :UInt32;
  delivered @3 :UInt32;
  textSha256 @4 :Data;
  consentBasis @5 :Text;
}
