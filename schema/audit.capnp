@0x9cea1f111beca841;
# Family audit: corrections, retractions, decisions on what was held, and figures that were published.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct EventCorrected {         # 更正
  target @0 :UInt64;            # event id
  reason @1 :Text;
  approver @2 :UInt64;
  changes @3 :List(Change);
  struct Change {
    field @0 :Field;
    number @1 :Int64;
    text @2 :Text;
  }
  enum Field { occurredDay @0; quantity @1; minutes @2; headcount @3; kind @4; site @5; staff @6; }
}

struct EventRetracted {         # 撤销
  target @0 :UInt64;
  reason @1 :Text;
  approver @2 :UInt64;
}

struct HeldEventDecided {       # 待决裁定
  target @0 :UInt64;            # the held event
  released @1 :Bool;            # false refuses it for good
  reason @2 :Text;
  legalGround @3 :Text;
}

struct FigureReported {         # 数据上报
  figure @0 :Text;              # id of the pack, such as "B29"
  phrase @1 :Text;
  value @2 :Int64;
  comparator @3 :Text;
  unit @4 :Text;
  asOfDay @5 :Int32;
  toWhom @6 :Text;
}
