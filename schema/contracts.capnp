@0xb590af796902e7dc;
# Family contracts: government purchase from signature to settlement.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct ContractSigned {         # 合同签订
  number @0 :Text;
  buyer @1 :UInt64;
  contractors @2 :List(UInt64);
  amountFen @3 :Int64;
  funds @4 :List(UInt64);
  deliverables @5 :List(Deliverable);
  struct Deliverable {
    code @0 :Text;
    kind @1 :Text;              # kind code of the sessions or services that fulfil it
    unit @2 :Text;
    quantity @3 :Int64;
    unitPriceFen @4 :Int64;
    quality @5 :Text;
  }
  advanceFen @6 :Int64;
  fromDay @7 :Int32;
  toDay @8 :Int32;
  location @9 :UInt64;
  documentSha256 @10 :Data;
}

struct ContractAmended {        # 合同变更
  contract @0 :UInt64;
  deltaFen @1 :Int64;
  toDay @2 :Int32;              # new end, 0 when unchanged
  reason @3 :Text;
  legalGround @4 :Text;         # needed past 10 % of the original amount (政府采购法 49)
  approver @5 :UInt64;
}

struct MilestoneSubmitted {     # 阶段成果提交
  contract @0 :UInt64;
  lines @1 :List(Line);
  struct Line { deliverable @0 :Text; quantity @1 :Int64; }
  units @2 :List(UInt64);       # the delivery events that are claimed, each billed at most once
}

struct MilestoneReviewed {      # 验收
  milestone @0 :UInt64;
  lines @1 :List(Line);
  struct Line { deliverable @0 :Text; accepted @1 :Int64; refused @2 :Int64; reason @3 :Text; }
  acceptedFen @2 :Int64;
  beneficiaryOpinions @3 :UInt32;
  standardsListed @4 :Bool;
  disclosure @5 :Text;          # where the result is published (实施条例 45)
  reviewers @6 :List(UInt64);
}

struct ContractClosed {         # 结清终止
  contract @0 :UInt64;
  settlement @1 :Settlement;
  enum Settlement { settled @0; terminated @1; breach @2; }
  day @2 :Int32;
  reason @3 :Text;
}
