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

struct RatingSubmitted {        # 自评与互评
  rater @0 :UInt64;
  rated @1 :UInt64;
  kind @2 :Kind;
  enum Kind { self @0; peer @1; resident @2; panel @3; }
  target @3 :UInt64;            # the order or session that is rated, 0 for the party as such
  scores @4 :List(EvaluationIssued.Score);
}

struct SatisfactionSurveyed {   # 满意度
  target @0 :UInt64;            # session, order or contract
  respondentIndex @1 :Data;     # 16 bytes, keyed hash that tells repeated answers of one person apart from two persons'
  answers @2 :List(Answer);
  struct Answer { question @0 :Text; points @1 :Int32; pointsMax @2 :Int32; }
  attended @3 :Bool;            # the respondent says so
}
