@0xceb698d6503b35cc;
# Family sites: places, rooms and things.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct SiteOpened {             # 阵地启用
  category @0 :Text;            # code of the pack: "station", "centre", "book_room", ...
  name @1 :Text;
  address @2 :Text;
  region @3 :UInt32;
  latitudeE7 @4 :Int32;
  longitudeE7 @5 :Int32;
  radiusM @6 :UInt32;
  areaDm2 @7 :UInt64;           # square decimetres
  rooms @8 :List(Room);
  struct Room { name @0 :Text; capacity @1 :UInt32; }
  hours @9 :List(Hours);
  struct Hours { weekday @0 :UInt8; fromMinute @1 :UInt16; toMinute @2 :UInt16; }  # weekday 1 = Monday
  operator @10 :UInt64;         # organisation id
  keepers @11 :List(UInt64);
  fromDay @12 :Int32;
  scope @13 :UInt64;            # the scope that events at this site use, 0 for the programme's
}

struct SiteStatusChanged {      # 阵地变更停用
  site @0 :UInt64;
  status @1 :Status;
  enum Status { open @0; closed @1; changed @2; }
  interval @2 :import "common.capnp".Interval;
  operator @3 :UInt64;
  areaDm2 @4 :UInt64;
}

struct AssetRecorded {          # 资产登记
  kind @0 :Text;                # "qq_group", "wechat_group", "website", "microblog", "printed_matter", "book", ...
  name @1 :Text;
  quantity @2 :Int64;
  valueFen @3 :Int64;
  fund @4 :UInt64;
  lendable @5 :Bool;
}

struct AssetLent {              # 借出
  asset @0 :UInt64;
  borrower @1 :UInt64;
  dueDay @2 :Int32;
}

struct AssetReturned {          # 归还
  asset @0 :UInt64;
  borrower @1 :UInt64;
  condition @2 :Condition;
  enum Condition { good @0; damaged @1; lost @2; }
}
