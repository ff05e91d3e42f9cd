@0x9cea1f111beca841;
# Family audit: corrections, retractions, decisions on what was held, figures that were published, doubts and findings,
# and sealed periods.

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

struct AnomalyDispositioned {   # 疑点处置
  rule @0 :Text;                # id of the rule, such as "A03"
  ruleVersion @1 :UInt32;
  evidence @2 :List(UInt64);    # events
  verdict @3 :Verdict;
  enum Verdict { confirmed @0; falseAlarm @1; explained @2; }
  reason @4 :Text;
}

struct FindingIssued {          # 审计发现
  code @0 :Text;
  law @1 :Text;                 # the rule or article it rests on
  amountFen @2 :Int64;
  events @3 :List(UInt64);
  responsible @4 :UInt64;       # organisation
  deadlineDay @5 :Int32;
}

struct FindingResolved {        # 整改
  finding @0 :UInt64;
  action @1 :Text;
  proof @2 :List(UInt64);       # events
}

struct PeriodSealed {           # 封账与报表封存
  programme @0 :UInt64;
  fromDay @1 :Int32;
  toDay @2 :Int32;              # inclusive
  treeSize @3 :UInt64;          # of the log that the reports were made from
  root @4 :Data;                # its Merkle root
  reports @5 :List(Report);
  struct Report { name @0 :Text; sha256 @1 :Data; }
  signers @6 :List(UInt64);
}
