@0xd38d739bdba162db;
# Family system: devices, roles, scopes, incidents of synchronisation.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

enum Role {
  field @0;
  supervisor @1;
  finance @2;
  auditor @3;
  admin @4;
  integrator @5;
}

struct DeviceEnrolled {       # 设备入网
  device @0 :Data;            # 16 bytes, derived from publicKey
  number @1 :UInt32;          # given by the server, unique for ever
  publicKey @2 :Data;         # Ed25519, 32 bytes
  holder @3 :UInt64;          # staff or person id, 0 for a shared device
  holderOrganisation @4 :UInt64;
  scopes @5 :List(UInt64);
  roles @6 :List(Role);       # of the holder, on those scopes
  wholeLog @7 :Bool;          # auditors and mirrors: every record of every scope
  label @8 :Text;             # "station 3 tablet 1"; no personal name
}

struct DeviceRevoked {        # 设备停用
  device @0 :UInt32;          # number
  fromDeviceSeq @1 :UInt64;   # events from here on are not accepted
  reason @2 :Reason;
  enum Reason { lost @0; left @1; compromised @2; replaced @3; }
}

struct DeviceScopesChanged {  # 设备授权变更
  device @0 :UInt32;
  granted @1 :List(UInt64);
  withdrawn @2 :List(UInt64);
}

struct RoleGranted {          # 角色授权
  person @0 :UInt64;          # staff or person id that acts
  role @1 :Role;
  scopes @2 :List(UInt64);    # empty: every scope
  until @3 :Int32;            # day, 2147483647 while open
}

struct RoleWithdrawn {        # 角色收回
  person @0 :UInt64;
  role @1 :Role;
  scopes @2 :List(UInt64);
}

struct SyncIncidentRecorded { # 同步异常
  device @0 :Data;
  kind @1 :Kind;
  enum Kind { gap @0; fork @1; clock @2; badSignature @3; unreadable @4; revoked @5; oversize @6; scope @7; }
  rawHash @2 :Data;           # SHA-256 of the quarantined bytes
  rawBytes @3 :UInt64;
  deviceSeq @4 :UInt64;
}

struct LogKeyChanged {        # 日志密钥变更; by the server's own device only
  origin @0 :Text;            # name of the log, which is the key's name too
  publicKey @1 :Data;         # Ed25519, 32 bytes: signs every checkpoint that covers this record
  previousKey @2 :Data;       # the key in force before; empty for the one of the log's beginning
  treeSize @3 :UInt64;        # records before this one
  handover @4 :Data;          # Ed25519 by previousKey over the text of docs/LOG_FORMAT.md; empty for the first key
  possession @5 :Data;        # Ed25519 by publicKey over the same text
  reason @6 :Reason;
  enum Reason { beginning @0; scheduled @1; suspected @2; }  # suspected: somebody else may have the old key
}
