@0x99e1e52612d8472a;
# Family people: the persons served. Names, numbers, phones and birth dates are only in Event.sealed.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct PersonRegistered {       # 服务对象登记
  sex @0 :import "common.capnp".Sex;
  birthYearBand @1 :UInt16;     # first year of a five-year band, 0 when unknown
  idType @2 :IdType;
  enum IdType { none @0; residentId @1; residencePermit @2; passport @3; other @4; }
  blindIndex @3 :Data;          # 16 bytes, keyed hash of the normalised id number; empty when none
  phoneIndex @4 :Data;          # 16 bytes, keyed hash of the phone number; empty when none
  nativeRegion @5 :UInt32;      # GB/T 2260 at province or prefecture level
  residenceSite @6 :UInt64;
  employer @7 :UInt64;          # organisation id
  tags @8 :List(Text);          # codes of the pack: "elder", "minor", ...
  verification @9 :Verification;
  enum Verification { none @0; typed @1; seen @2; read @3; }
  idChecksOk @10 :Bool;         # the device checked GB 11643 check digit, birth date and sex digit
  under14 @11 :Bool;
}

struct PersonCorrected {        # 登记更正
  person @0 :UInt64;
  baseVersion @1 :UInt32;       # version of the person that the editor saw
  fields @2 :List(FieldChange);
  struct FieldChange {
    field @0 :Field;
    before @1 :Text;
    after @2 :Text;             # for sealed fields empty: the value is in Event.sealed
  }
  enum Field { sex @0; birthYearBand @1; nativeRegion @2; residenceSite @3; employer @4; tags @5; verification @6;
               name @7; idNumber @8; phone @9; birthDate @10; }
  blindIndex @3 :Data;
  verificationResult @4 :Text;
}

struct PersonLinkDecided {      # 判重合并
  first @0 :UInt64;
  second @1 :UInt64;
  same @2 :Bool;                # false takes an earlier link back
  reason @3 :Text;
}

struct HouseholdChanged {       # 家庭监护关系
  person @0 :UInt64;
  member @1 :UInt64;
  relation @2 :Text;
  guardian @3 :Bool;
  ended @4 :Bool;
}

struct ConsentChanged {         # 同意与撤回
  person @0 :UInt64;
  purpose @1 :Text;
  given @2 :Bool;
  byGuardian @3 :UInt64;        # person id, 0 when by self
  formVersion @4 :Text;
  signatureSha256 @5 :Data;
}

struct PersonStatusChanged {    # 状态变更
  person @0 :UInt64;
  status @1 :Status;
  enum Status { active @0; movedOut @1; deceased @2; lostContact @3; returned @4; }
  day @2 :Int32;
}

struct PersonalDataErased {     # 个人信息删除
  person @0 :UInt64;
  legalGround @1 :Text;
  keyIds @2 :List(UInt64);
  restrictedOnly @3 :Bool;      # a statutory retention period runs: only stop the use (PIPL 47)
}
