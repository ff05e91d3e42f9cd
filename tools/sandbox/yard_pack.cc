// The invented pack of the yard. Nothing of it is meant to be true of any place; what a programme
// needs so that every rule has something to judge is in it, and nothing else.
#include "replay/pack_check.h"
#include "tools/sandbox/yard.h"

namespace houniao::sandbox {
namespace {

constexpr std::string_view kPack = R"json({
  "code": "s",
  "name": {"zh": "沙盒：虚构的青年服务项目", "en": "sandbox: an invented youth programme"},
  "region": 440402,
  "from": "2024-01-01",
  "to": "2025-12-31",
  "policy": {
    "version": 1, "nearPermille": 900, "aboutPermille": 100,
    "approvalLadder": [
      {"code": "officer", "label": {"zh": "项目干事审批", "en": "project officer approves"}},
      {"code": "secretary", "label": {"zh": "书记审批", "en": "secretary approves"}}
    ],
    "minutesPerPoint": 60, "pointsPerDayMax": 8,
    "redemptionModes": ["online", "leased", "handedOver"]
  },
  "scopes": [
    {"code": "yard", "id": 96, "label": {"zh": "沙盒", "en": "sandbox"}}
  ],
  "sites": [
    {"code": "north", "category": "station", "label": {"zh": "沙盒北站", "en": "north station"},
     "scope": "yard", "region": 440402, "areaDm2": 24000},
    {"code": "middle", "category": "station", "label": {"zh": "沙盒中站", "en": "middle station"},
     "scope": "yard", "region": 440402, "areaDm2": 24000},
    {"code": "south", "category": "station", "label": {"zh": "沙盒南站", "en": "south station"},
     "scope": "yard", "region": 440402, "areaDm2": 24000}
  ],
  "organisationKinds": [
    {"code": "league_body", "label": {"zh": "团委", "en": "League committee"}},
    {"code": "centre", "label": {"zh": "服务中心", "en": "service centre"}},
    {"code": "social_organisation", "label": {"zh": "社会组织", "en": "social organisation"}},
    {"code": "supplier", "label": {"zh": "供应单位", "en": "supplier"}},
    {"code": "community", "label": {"zh": "社区", "en": "community"}},
    {"code": "branch", "label": {"zh": "团支部", "en": "League branch"}},
    {"code": "volunteer_team", "label": {"zh": "志愿队", "en": "volunteer team"}}
  ],
  "siteCategories": [
    {"code": "station", "label": {"zh": "服务站", "en": "station"}}
  ],
  "serviceKinds": [
    {"code": "home_visit", "label": {"zh": "入户探访", "en": "home visit"}, "unit": "人次"},
    {"code": "legal_advice", "label": {"zh": "法律咨询", "en": "legal advice"}, "unit": "人次"},
    {"code": "counselling", "label": {"zh": "心理辅导", "en": "counselling"}, "unit": "人次"},
    {"code": "job_matching", "label": {"zh": "就业对接", "en": "job matching"}, "unit": "人次"}
  ],
  "sessionKinds": [
    {"code": "weekend_class", "label": {"zh": "周末课堂", "en": "weekend class"}, "unit": "场"},
    {"code": "lecture", "label": {"zh": "讲座", "en": "lecture"}, "unit": "场"},
    {"code": "community_activity", "label": {"zh": "社区活动", "en": "community activity"}, "unit": "场"},
    {"code": "summer_camp", "label": {"zh": "夏令营", "en": "summer camp"}, "unit": "场"}
  ],
  "certificateTypes": [
    {"code": "residence_permit", "label": {"zh": "居住证", "en": "residence permit"}},
    {"code": "resident_id", "label": {"zh": "居民身份证", "en": "resident identity card"}}
  ],
  "membershipRoles": [
    {"code": "member", "label": {"zh": "成员", "en": "member"}}
  ],
  "assetKinds": [
    {"code": "book", "label": {"zh": "图书", "en": "book"}},
    {"code": "equipment", "label": {"zh": "设备", "en": "equipment"}},
    {"code": "reward_goods", "label": {"zh": "兑换物品", "en": "reward goods"}}
  ],
  "posts": [
    {"code": "director", "label": {"zh": "主任", "en": "director"}},
    {"code": "social_worker", "label": {"zh": "社工", "en": "social worker"}},
    {"code": "supervisor", "label": {"zh": "督导", "en": "supervisor"}},
    {"code": "clerk", "label": {"zh": "文员", "en": "clerk"}},
    {"code": "project_officer", "label": {"zh": "项目干事", "en": "project officer"}},
    {"code": "secretary", "label": {"zh": "书记", "en": "secretary"}},
    {"code": "accountant", "label": {"zh": "会计", "en": "accountant"}},
    {"code": "auditor", "label": {"zh": "审计", "en": "auditor"}}
  ],
  "orderKinds": [
    {"code": "repair", "label": {"zh": "维修", "en": "repair"}}
  ],
  "orderResults": [
    {"code": "done", "label": {"zh": "已办结", "en": "done"}}
  ],
  "demandCategories": [
    {"code": "repair", "label": {"zh": "维修", "en": "repair"}},
    {"code": "study_help", "label": {"zh": "学业辅导", "en": "help with study"}}
  ],
  "noticeKinds": [
    {"code": "acceptance", "label": {"zh": "验收公示", "en": "notice of acceptance"}},
    {"code": "award", "label": {"zh": "中选公示", "en": "notice of an award"}}
  ],
  "callSeries": [
    {"code": "yard_call", "label": {"zh": "沙盒征集", "en": "call of the sandbox"}}
  ],
  "caseGrounds": [
    {"code": "wage_dispute", "label": {"zh": "工资纠纷", "en": "dispute about wages"}},
    {"code": "domestic_violence", "label": {"zh": "家庭暴力", "en": "violence at home"}}
  ],
  "dutyKinds": [
    {"code": "station_desk", "label": {"zh": "站点值班", "en": "desk of a station"}},
    {"code": "river_patrol", "label": {"zh": "河道巡查", "en": "river patrol"}}
  ],
  "trainingKinds": [
    {"code": "induction", "label": {"zh": "岗前培训", "en": "induction"}}
  ],
  "outcomeKinds": [
    {"code": "job", "label": {"zh": "就业", "en": "a job"}}
  ],
  "grades": [
    {"code": "good", "label": {"zh": "良好", "en": "good"}}
  ],
  "consentPurposes": [
    {"code": "casework", "label": {"zh": "个案服务", "en": "case work"}},
    {"code": "sms", "label": {"zh": "短信通知", "en": "text messages"}},
    {"code": "camp", "label": {"zh": "营会", "en": "camp"}}
  ],
  "channels": [
    {"code": "sms", "label": {"zh": "短信", "en": "text message"}}
  ],
  "funds": [
    {"code": "service", "kind": "purchase", "from": "2024-01-01", "to": "2025-12-31",
     "label": {"zh": "沙盒购买服务经费", "en": "purchase money of the sandbox"},
     "purposes": ["service"], "regions": [440402]},
    {"code": "lottery", "kind": "lottery", "from": "2024-01-01", "to": "2025-12-31",
     "label": {"zh": "沙盒福彩公益金", "en": "welfare-lottery money of the sandbox"},
     "purposes": ["youth_service"], "regions": [440402]}
  ]
})json";

}  // namespace

const Pack& yard_pack() {
  static const Pack kYard = [] {
    PackCheck checked = check_pack(kPack);
    HOUNIAO_ASSERT(checked.pack.has_value());
    return std::move(*checked.pack);
  }();
  return kYard;
}

std::string_view yard_pack_text() { return kPack; }

}  // namespace houniao::sandbox
