@0xd0f05ebbfacafa92;
# Family sessions: activities that are planned, held and attended.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct SessionPlanned {         # 活动计划
  kind @0 :Text;                # code of the pack: "weekend_class", "karaoke", ...
  title @1 :Text;
  room @2 :Text;
  day @3 :Int32;
  fromMinute @4 :UInt16;
  toMinute @5 :UInt16;
  capacity @6 :UInt32;
  leader @7 :UInt64;
  obligation @8 :UInt64;
  contract @9 :UInt64;
  shares @10 :List(import "common.capnp".FundShare);
  withMinors @11 :Bool;
}

struct SessionHeld {            # 活动举办
  planned @0 :UInt64;           # SessionPlanned, 0 for a session that was not planned
  kind @1 :Text;
  fromMinute @2 :UInt16;
  toMinute @3 :UInt16;
  leader @4 :UInt64;
  headcount @5 :UInt32;
  countingMethod @6 :CountingMethod;
  enum CountingMethod { signIn @0; counted @1; estimated @2; reported @3; }
  tags @7 :List(Text);
  contract @8 :UInt64;
}

struct AttendanceRecorded {     # 签到到场
  session @0 :UInt64;           # SessionHeld or SessionPlanned
  persons @1 :List(UInt64);     # one sign-in sheet may carry several persons
  inMinute @2 :UInt16;
  outMinute @3 :UInt16;
  method @4 :Method;
  enum Method { qr @0; nfc @1; faceToFace @2; sheet @3; admin @4; }
  anonymous @5 :UInt32;         # attended without being registered
}
