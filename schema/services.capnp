@0xe881dc90827ab60a;
# Family services: what was done for people, certificates handled for them, money held for them.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct ServiceDelivered {       # 服务提供
  kind @0 :Text;                # code of the pack: "legal_advice", "points_school_advice", ...
  persons @1 :List(UInt64);
  anonymous @2 :UInt32;         # served without being registered
  quantity @3 :Int64;           # in the unit of the kind; person-times are persons + anonymous
  unit @4 :Text;
  minutes @5 :UInt32;
  staff @6 :UInt64;
  contract @7 :UInt64;
  shares @8 :List(import "common.capnp".FundShare);
  asset @9 :UInt64;             # material handed out
  reportedBy @10 :UInt64;       # organisation that reported a bulk figure, 0 for own delivery
}

struct AgencyCaseOpened {       # 代办受理
  person @0 :UInt64;
  certificate @1 :Text;         # "resident_id", "residence_permit", "hk_macau_permit", ...
  destination @2 :Text;         # the office that issues
  destinationRegion @3 :UInt32;
  documentsHeld @4 :List(Text);
  feeFen @5 :Int64;             # money that the client hands over for the fee
}

struct AgencyCaseProgressed {   # 代办流转
  case @0 :UInt64;
  stage @1 :Stage;
  enum Stage { submitted @0; returned @1; issued @2; handedOver @3; refused @4; withdrawn @5; }
  numberIndex @2 :Data;         # keyed hash of the certificate number
  day @3 :Int32;
}

struct CustodyMoneyMoved {      # 代缴款收付
  client @0 :UInt64;
  direction @1 :Direction;
  enum Direction { received @0; paidOn @1; refunded @2; }
  amountFen @2 :Int64;
  receipt @3 :Text;
  case @4 :UInt64;
}

struct OutcomeConfirmed {       # 成效确认
  person @0 :UInt64;
  kind @1 :Text;                # "job", "startup", "reimbursement", "incident_settled"
  counterparty @2 :UInt64;
  day @3 :Int32;
  followUpDays @4 :UInt16;      # 0 at first, then 30 or 90
  amountFen @5 :Int64;
}

struct EvidenceAttached {       # 佐证上传
  target @0 :UInt64;            # event id
  sha256 @1 :Data;
  perceptualHash @2 :UInt64;
  exifTimeMs @3 :Int64;
  latitudeE7 @4 :Int32;
  longitudeE7 @5 :Int32;
  bytes @6 :UInt64;
  mime @7 :Text;
}
