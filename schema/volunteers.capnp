@0xa4e5d03cd6081e13;
# Family volunteers: honours of persons and organisations.

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
