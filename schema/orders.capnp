@0xd30633aedb3742e9;
# Family orders: what people ask for (点单), how it is handed out (派单, 发榜), taken (接单, 揭榜) and done (办结, 落实).
# What people ask for in their own words is only in Event.sealed.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct DemandRaised {           # 居民点单
  person @0 :UInt64;            # 0 for an anonymous demand
  category @1 :Text;            # code of the pack
  urgency @2 :Urgency;
  enum Urgency { normal @0; soon @1; urgent @2; }
  collector @3 :UInt64;         # staff or person who wrote it down, 0 for the actor
  channel @4 :Text;             # how it came in: "visit", "hotline", "chat_group", ...
  day @5 :Int32;                # 0: the day of the event
}

struct DemandDigestCompiled {   # 周汇总与月清单
  period @0 :Period;
  enum Period { day @0; week @1; month @2; }
  fromDay @1 :Int32;
  toDay @2 :Int32;              # inclusive
  items @3 :List(Item);
  struct Item {
    demand @0 :UInt64;
    disposition @1 :Disposition;
    order @2 :UInt64;           # of disposition "dispatched"
    reason @3 :Text;            # needed when a demand is declined or merged
  }
  enum Disposition { carried @0; dispatched @1; answered @2; resolved @3; declined @4; merged @5; }
}

struct DeliberationHeld {       # 青年议事会
  body @0 :UInt64;              # organisation that met
  day @1 :Int32;
  agenda @2 :List(UInt64);      # demands
  attendees @3 :List(UInt64);
  anonymous @4 :UInt32;         # attended without being registered
  resolutions @5 :List(Resolution);
  struct Resolution { demand @0 :UInt64; adopted @1 :Bool; outcome @2 :Text; }  # outcome: code of the pack
}

struct OrderPosted {            # 派单与发榜
  demands @0 :List(UInt64);
  kind @1 :Text;                # code of the pack
  mode @2 :Mode;
  enum Mode { dispatch @0; openCall @1; }   # 派单; 发榜
  rule @3 :Rule;
  # How the winner among several claims is chosen. No rule looks at a device's clock.
  enum Rule {
    preference @0;              # the claim whose first claimant stands first in `invited`
    fewestInForce @1;           # the claim whose first claimant has the fewest assignments in force, then the smallest id
    firstInLog @2;              # the claim with the smallest seq
    panel @3;                   # whom the panel names; the assignment gives the reason
  }
  invited @4 :List(UInt64);     # organisations or persons in order of preference; empty: anybody
  slots @5 :UInt16;             # volunteers needed, 0 when it does not matter
  fund @6 :UInt64;
  contract @7 :UInt64;
  requester @8 :UInt64;         # person or organisation that asked
  deadlineDay @9 :Int32;        # last day for claims, 0 for none
  physicalRisk @10 :Bool;       # duty needs insurance in force (志愿服务条例 17)
  withMinors @11 :Bool;
  requirements @12 :List(Text); # codes of the pack
}

struct OrderClaimed {           # 接单、揭榜与联合抢单
  order @0 :UInt64;
  claimants @1 :List(Claimant);
  struct Claimant { party @0 :UInt64; permille @1 :UInt16; }  # shares sum to 1000
}

struct OrderAssigned {          # 派定与转派
  order @0 :UInt64;
  claim @1 :UInt64;             # the winning OrderClaimed
  reason @2 :Text;              # needed under rule "panel" and for a transfer
  replaces @3 :UInt64;          # the assignment that this one takes over, 0 for the first
}

struct OrderWithdrawn {         # 退单与撤单
  order @0 :UInt64;
  claim @1 :UInt64;             # the claim given up (退单); 0 takes the whole order back (撤单)
  reason @2 :Text;
}

struct OrderFulfilled {         # 办结
  order @0 :UInt64;
  units @1 :List(UInt64);       # the sessions and services delivered for it
  result @2 :Text;              # code of the pack
  day @3 :Int32;
}

struct OrderReviewed {          # 评议验收
  order @0 :UInt64;
  panel @1 :List(UInt64);
  accepted @2 :Bool;            # false returns it to be done again
  opinion @3 :Opinion;          # of whoever asked
  enum Opinion { none @0; satisfied @1; neutral @2; dissatisfied @3; }
  reason @4 :Text;
}
