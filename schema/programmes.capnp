@0xe1deed817f7c92eb;
# Family programmes: what a service centre has promised and by which rules it counts.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct ProgrammeOpened {        # 项目设立
  code @0 :Text;                # of the programme pack, such as "b"
  parent @1 :UInt64;
  purpose @2 :Text;
  region @3 :UInt32;            # GB/T 2260
  fromDay @4 :Int32;
  toDay @5 :Int32;
  targetGroup @6 :Text;
  partners @7 :List(UInt64);
  scope @8 :UInt64;             # the scope that this programme's events use by default
}

struct ProgrammeClosed {        # 项目结项
  programme @0 :UInt64;
  day @1 :Int32;
  reason @2 :Text;
  successor @3 :UInt64;
}

struct PolicyVersionPublished { # 规则版本发布
  programme @0 :UInt64;
  kind @1 :Kind;
  enum Kind { pack @0; points @1; caps @2; counting @3; rating @4; approvalLadder @5; }
  version @2 :UInt32;
  bodySha256 @3 :Data;
  body @4 :Text;                # JSON, at most 48 KiB; the parts that replay needs are the fields below
  validFromDay @5 :Int32;
  approvalLevels @6 :UInt8;     # approvals that one disbursement needs
  nearPermille @7 :UInt16;      # comparator 近 N: at least this share of N
  aboutPermille @8 :UInt16;     # comparator 约 N: this deviation at most
  minutesPerPoint @9 :UInt32;   # of confirmed hours; 0: the programme gives no points
  pointsPerDayMax @10 :UInt32;  # of one volunteer; 0: no limit
  redemptionModes @11 :UInt8;   # bits 1 online, 2 leased, 4 handed over; 0: any
  trainingBeforeDuty @12 :Bool; # duty of a volunteer who completed no training is flagged
}

struct ObligationDefined {      # 义务设定
  programme @0 :UInt64;
  code @1 :Text;
  eventKind @2 :Text;           # kind code of what counts; empty: any kind of the type
  period @3 :Period;
  enum Period { day @0; week @1; month @2; quarter @3; halfYear @4; year @5; holiday @6; }
  threshold @4 :Int64;
  perScope @5 :Per;
  enum Per { programme @0; person @1; site @2; organisation @3; }
  fromDay @6 :Int32;
  toDay @7 :Int32;
  graceDays @8 :UInt16;
  evidenceNeeded @9 :Bool;
  eventType @10 :Text;          # name in the catalogue; empty: SessionHeld and ServiceDelivered
  distinct @11 :Distinct;       # what the threshold counts
  enum Distinct { events @0; sites @1; persons @2; organisations @3; }
}

struct ObligationWaived {       # 义务豁免
  obligation @0 :UInt64;
  periodFromDay @1 :Int32;
  reason @2 :Text;
  approver @3 :UInt64;
}
