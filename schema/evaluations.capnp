@0xacc6ba86df060076;
# Family evaluations: judgements by a body that did not do the work.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct EvaluationIssued {       # 考核与第三方评估
  evaluator @0 :UInt64;
  subject @1 :UInt64;
  programme @2 :UInt64;
  interval @3 :import "common.capnp".Interval;
  grade @4 :Text;               # code of the pack, such as "excellent"
  scores @5 :List(Score);
  struct Score { indicator @0 :Text; points @1 :Int32; pointsMax @2 :Int32; }
  conflictDeclared @6 :Bool;
  conflict @7 :Text;
}
