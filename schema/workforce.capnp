@0xfaeeb650eaa68dc9;
# Family workforce: staff, their vetting and placement.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct StaffEngaged {           # 社工聘用
  person @0 :UInt64;            # person id, 0 when the staff member is not registered as a person
  employer @1 :UInt64;
  fullTime @2 :Bool;
  channel @3 :Text;
  post @4 :Text;
  qualification @5 :Text;
  contract @6 :UInt64;
  fund @7 :UInt64;
  fromDay @8 :Int32;
}

struct StaffReleased {          # 社工离任
  staff @0 :UInt64;
  day @1 :Int32;
  handover @2 :List(UInt64);
}

struct StaffVetted {            # 违法犯罪记录查询
  staff @0 :UInt64;
  clear @1 :Bool;
  queryReference @2 :Text;
  day @3 :Int32;
}

struct StaffPlaced {            # 进驻社区
  staff @0 :UInt64;
  site @1 :UInt64;
  purpose @2 :Text;
  interval @3 :import "common.capnp".Interval;
}
