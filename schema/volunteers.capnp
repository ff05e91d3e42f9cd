@0xa4e5d03cd6081e13;
# Family volunteers: teams, duty, insurance, training, hours, certificates, points, and honours of persons and
# organisations. A volunteer is named by the VolunteerEnrolled.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct HonourConferred {        # 表彰荣誉
  recipient @0 :UInt64;
  recipientIsOrganisation @1 :Bool;
  title @2 :Text;               # code of the pack
  grade @3 :Text;
  issuer @4 :Text;
  day @5 :Int32;
  year @6 :UInt16;              # the year it is given for
}

struct VolunteerEnrolled {      # 志愿者入队
  person @0 :UInt64;
  team @1 :UInt64;              # organisation
  numberIndex @2 :Data;         # keyed hash of the national volunteer number; empty when none
  skills @3 :List(Text);        # codes of the pack
  referredBy @4 :UInt64;        # the volunteer who brought this one, 0 for nobody
  day @5 :Int32;
}

struct DutyCheckedIn {          # 志愿者报到
  volunteer @0 :UInt64;
  order @1 :UInt64;
  session @2 :UInt64;
  day @3 :Int32;
  inMinute @4 :UInt16;
  outMinute @5 :UInt16;         # 0 while still on duty
  mode @6 :Mode;
  enum Mode { regular @0; concentrated @1; phased @2; }  # 常态化; 集中式; 阶段性
  method @7 :Method;
  enum Method { qr @0; nfc @1; faceToFace @2; admin @3; }
  kind @8 :Text;                # code of the pack: "river_patrol", "desk", ...
  physicalRisk @9 :Bool;        # insurance must be in force (志愿服务条例 17)
  withMinors @10 :Bool;
}

struct InsuranceCovered {       # 投保
  policyNumber @0 :Text;
  insurer @1 :Text;
  insured @2 :List(UInt64);     # volunteers
  fromDay @3 :Int32;
  toDay @4 :Int32;
  fund @5 :UInt64;              # that pays for it
  premiumFen @6 :Int64;
}

struct TrainingCompleted {      # 培训完成
  session @0 :UInt64;
  kind @1 :Text;                # code of the pack
  persons @2 :List(UInt64);
  minutes @3 :UInt32;
  result @4 :Result;
  enum Result { attended @0; passed @1; failed @2; }
  certificate @5 :Text;         # code of the pack, empty when none is given
  day @6 :Int32;
}

struct HoursRecorded {          # 时长记录
  volunteer @0 :UInt64;
  session @1 :UInt64;
  order @2 :UInt64;
  duty @3 :UInt64;              # the DutyCheckedIn it comes from, 0 for an entry by hand
  minutes @4 :UInt32;           # actually served, without travel (民政部令67号)
  day @5 :Int32;
  method @6 :Method;
  enum Method { checkInOut @0; leaderCounted @1; adminEntry @2; }
}

struct HoursConfirmed {         # 时长认定
  record @0 :UInt64;            # the HoursRecorded
  acceptedMinutes @1 :UInt32;
  refusedMinutes @2 :UInt32;
  reason @3 :Text;              # needed when minutes are refused
}

struct HoursCertificateIssued { # 志愿服务证明出具
  number @0 :Text;              # unique
  volunteer @1 :UInt64;
  fromDay @2 :Int32;
  toDay @3 :Int32;
  minutes @4 :UInt32;
  content @5 :List(Text);       # codes of what was done
  issuer @6 :UInt64;            # organisation
  head @7 :UInt64;              # person in charge
  handler @8 :UInt64;
  contact @9 :Text;             # of the issuer, an office number
  disclosure @10 :Text;         # where it is posted
  disclosedFromDay @11 :Int32;
  disclosedToDay @12 :Int32;    # at least seven days (民发〔2015〕149号)
}

struct PointsEarned {           # 积分入账
  volunteer @0 :UInt64;
  hours @1 :UInt64;             # the HoursConfirmed
  points @2 :Int64;
}

struct PointsAllowanceLeased {  # 离线额度预占
  volunteer @0 :UInt64;
  device @1 :UInt32;            # number of the device that may redeem offline
  site @2 :UInt64;
  points @3 :Int64;
  lastDay @4 :Int32;            # last day of redemption
  closes @5 :UInt64;            # 0 opens a lease; else the lease given back by its device, with what is left of it
}

struct PointsRedeemed {         # 积分兑换
  volunteer @0 :UInt64;
  item @1 :UInt64;              # asset
  quantity @2 :Int64;
  points @3 :Int64;
  mode @4 :Mode;
  # handedOver: the goods are gone already; what the balance does not cover is a shortage of the site
  enum Mode { online @0; leased @1; handedOver @2; }
  lease @5 :UInt64;
  signatureSha256 @6 :Data;     # of the collector's signature
}

struct PointsAdjusted {         # 积分调整与过期
  volunteer @0 :UInt64;
  delta @1 :Int64;
  cause @2 :Cause;
  enum Cause { correction @0; expiry @1; penalty @2; transferIn @3; shortageSettled @4; }
  reason @3 :Text;
  approver @4 :UInt64;
}
