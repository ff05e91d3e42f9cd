@0xc45db38a46cf02fa;
# Family organisations: committees, branches, firms, groups and their members.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct OrganisationRegistered { # 组织登记
  kind @0 :Text;                # code of the pack: "league_committee", "branch", "firm", "troupe", ...
  name @1 :Text;                # a public body's name, not personal data
  uscc @2 :Text;                # GB 32100, empty for bodies without one
  level @3 :Text;               # "province", "city", "county", ...
  parent @4 :UInt64;
  region @5 :UInt32;
  legalPersonSealed @6 :Bool;   # the legal person's name is in Event.sealed
}

struct OrganisationCredentialRecorded { # 资质登记
  organisation @0 :UInt64;
  kind @1 :Kind;
  enum Kind { usccCheck @0; bankAccount @1; rating @2; publicFundraising @3; other @4; }
  value @2 :Text;               # rating "5A"; for a bank account its keyed hash in hex
  issuer @3 :Text;
  validFromDay @4 :Int32;
  validToDay @5 :Int32;
}

struct OrganisationStatusChanged { # 组织状态变更
  organisation @0 :UInt64;
  status @1 :Status;
  enum Status { discovered @0; linked @1; incubating @2; resident @3; graduated @4; suspended @5; deregistered @6; active @7; }
  day @2 :Int32;
}

struct MembershipChanged {      # 成员加入退出
  member @0 :UInt64;            # person or organisation id
  memberIsOrganisation @1 :Bool;
  group @2 :UInt64;             # organisation or asset (channel) id
  role @3 :Text;                # "league_member", "party_member", "channel_member", ...
  joined @4 :Bool;
  day @5 :Int32;
}

struct ElectionHeld {           # 换届选举
  body @0 :UInt64;
  day @1 :Int32;
  seats @2 :UInt32;
  electorate @3 :UInt32;
  turnout @4 :UInt32;
  elected @5 :List(UInt64);
}

struct AppointmentChanged {     # 任职卸任
  person @0 :UInt64;
  post @1 :Text;
  body @2 :UInt64;
  concurrentWith @3 :Text;
  started @4 :Bool;
  day @5 :Int32;
}

struct AgreementSigned {        # 共建协议签订
  parties @0 :List(UInt64);
  fields @1 :Text;
  fromDay @2 :Int32;
  toDay @3 :Int32;
  obligations @4 :List(Text);
  documentSha256 @5 :Data;
}

struct AgreementEnded {         # 协议终止
  agreement @0 :UInt64;
  day @1 :Int32;
  reason @2 :Text;
}
