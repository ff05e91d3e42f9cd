@0xd4abc9b7c3cd14ac;
# Family calls: contests, tenders, matching fairs and crowdfunding, from the call to the award.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct CallOpened {             # 创投、招标、双选会与众筹
  kind @0 :Kind;
  enum Kind { contest @0; tender @1; matching @2; crowdfunding @3; }
  code @1 :Text;                # the series it belongs to, a code of the pack: "city_contest"
  title @2 :Text;
  edition @3 :UInt16;           # the how-manieth of the series, 0 when it is no series
  organiser @4 :UInt64;         # organisation
  coOrganisers @5 :List(UInt64);
  fund @6 :UInt64;
  budgetFen @7 :Int64;          # 0 when no money is given out
  lots @8 :List(Lot);
  struct Lot { code @0 :Text; amountFen @1 :Int64; }
  criteria @9 :List(Criterion);
  struct Criterion { code @0 :Text; pointsMax @1 :Int32; }
  openDay @10 :Int32;
  deadlineDay @11 :Int32;       # proposals are in time by the server's time of receipt
  deadlineMinute @12 :Int16 = -1;  # -1: until the end of that day
}

struct ProposalSubmitted {      # 申报与联合申报
  call @0 :UInt64;
  lot @1 :Text;                 # empty when the call has no lots
  title @2 :Text;
  applicants @3 :List(Applicant);
  struct Applicant { party @0 :UInt64; permille @1 :UInt16; }  # shares sum to 1000
  priceFen @4 :Int64;
  documentSha256 @5 :Data;
}

struct ProposalScored {         # 评审打分
  proposal @0 :UInt64;
  scorer @1 :UInt64;
  scores @2 :List(Score);
  struct Score { criterion @0 :Text; points @1 :Int32; }
  recused @3 :Bool;             # the scorer stands aside: no scores count
  interest @4 :Text;            # the interest declared
}

struct AwardDecided {           # 中选与匹配
  call @0 :UInt64;
  lot @1 :Text;
  proposal @2 :UInt64;
  amountFen @3 :Int64;
  reason @4 :Text;
  disclosure @5 :Text;          # where the award is published
}
