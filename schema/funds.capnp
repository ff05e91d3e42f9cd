@0xd803eaf9dfd0b79b;
# Family funds: where money comes from, what it may be used for, and every movement of it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct FundSourceEstablished {  # 资金来源设立
  code @0 :Text;
  name @1 :Text;
  owner @2 :UInt64;
  kind @3 :Kind;
  enum Kind { budget @0; provincialGrant @1; lottery @2; donation @3; crowdfunding @4; enterprise @5; party @6; purchase @7; }
  allowedPurposes @4 :List(Text);   # empty: any
  allowedRegions @5 :List(UInt32);  # GB/T 2260 prefixes; empty: any
  fromDay @6 :Int32;
  toDay @7 :Int32;
  documentSha256 @8 :Data;
}

struct FundsReceived {          # 到账
  fund @0 :UInt64;
  payer @1 :UInt64;             # organisation id, 0 for an anonymous donor
  amountFen @2 :Int64;
  bankReference @3 :Text;
  valueDay @4 :Int32;
}

struct BudgetAllocated {        # 预算分配
  fund @0 :UInt64;
  programme @1 :UInt64;
  contract @2 :UInt64;          # 0 when allocated to the programme as a whole
  amountFen @3 :Int64;          # negative takes an allocation back
}

struct InvoiceRecorded {        # 票据登记
  issuerUscc @0 :Text;
  number @1 :Text;
  amountFen @2 :Int64;
  day @3 :Int32;
  photoSha256 @4 :Data;
}

struct DisbursementRequested {  # 用款申请
  fund @0 :UInt64;
  contract @1 :UInt64;
  milestone @2 :UInt64;
  payee @3 :UInt64;             # organisation id
  amountFen @4 :Int64;
  purpose @5 :Text;
  invoice @6 :UInt64;
  region @7 :UInt32;
  advance @8 :Bool;             # of the advance that the contract agrees
}

struct DisbursementApproved {   # 审批
  request @0 :UInt64;
  level @1 :UInt8;              # rung of the approval ladder, from 1
  approved @2 :Bool;
  reason @3 :Text;
}

struct DisbursementPaid {       # 支付
  request @0 :UInt64;
  amountFen @1 :Int64;
  bankReference @2 :Text;
  valueDay @3 :Int32;
  accountIndex @4 :Text;        # keyed hash of the payee's account, equal to the verified credential
}

struct DisbursementReversed {   # 冲销退回
  payment @0 :UInt64;
  amountFen @1 :Int64;
  reason @2 :Text;
  valueDay @3 :Int32;
}
