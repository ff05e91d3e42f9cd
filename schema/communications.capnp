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

struct NoticePublished {        # 公示与白皮书
  kind @0 :Text;                # code of the pack: "award", "acceptance", "certificate", "white_paper", ...
  subject @1 :UInt64;           # what it makes known, 0 for none
  title @2 :Text;
  place @3 :Text;               # where it can be read
  fromDay @4 :Int32;
  toDay @5 :Int32;
  year @6 :UInt16;              # of a yearly publication
  documentSha256 @7 :Data;
}
