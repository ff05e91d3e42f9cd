@0x8943bc62231a8744;
# Family cases: case work. What was said and found is only in Event.sealed, under the client's key; here is what
# supervision and proof need. Reading a case needs a decision and is itself an event (未成年人网络保护条例 36).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

enum RiskLevel { none @0; low @1; medium @2; high @3; critical @4; }

struct CaseOpened {             # 个案建档
  client @0 :UInt64;
  ground @1 :Text;              # code of the pack: "out_of_school", "internet_addiction", ...
  risk @2 :RiskLevel;
  worker @3 :UInt64;
  supervisor @4 :UInt64;
  consent @5 :UInt64;           # the ConsentChanged it rests on
  day @6 :Int32;
}

struct CaseContactLogged {      # 跟进记录
  case @0 :UInt64;
  mode @1 :Mode;
  enum Mode { faceToFace @0; visit @1; phone @2; online @3; letter @4; }
  minutes @2 :UInt32;
  risk @3 :RiskLevel;           # as found at this contact
  day @4 :Int32;
  worker @5 :UInt64;            # 0: the worker of the case
}

struct CaseReferred {           # 转介
  case @0 :UInt64;
  to @1 :UInt64;                # organisation
  shared @2 :List(Text);        # codes of what is passed on
  consent @3 :UInt64;
  day @4 :Int32;
}

struct MandatoryReportFiled {   # 强制报告
  case @0 :UInt64;              # 0 when there is no case yet
  person @1 :UInt64;            # the child
  authority @2 :Authority;
  enum Authority { police @0; civilAffairs @1; education @2; other @3; }  # 未成年人保护法 11
  receiptIndex @3 :Data;        # keyed hash of the authority's receipt number
  day @4 :Int32;
  minute @5 :Int16 = -1;
  ground @6 :Text;
}

struct CaseClosed {             # 结案与封存
  case @0 :UInt64;
  outcome @1 :Text;             # code of the pack
  reason @2 :Text;
  sealed @3 :Bool;              # no further reading (预防未成年人犯罪法 59)
  day @4 :Int32;
}

struct SensitiveAccessDecided { # 查阅授权
  reader @0 :UInt64;
  record @1 :UInt64;            # a case, or a person whose data is asked for
  purpose @2 :Text;
  untilDay @3 :Int32;           # inclusive
  granted @4 :Bool;
}

struct SensitiveRecordRead {    # 查阅留痕
  record @0 :UInt64;
  purpose @1 :Text;
  access @2 :UInt64;            # the SensitiveAccessDecided it rests on
}
