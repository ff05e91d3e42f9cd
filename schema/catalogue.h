// The catalogue of event types: one row per type. This is the single place that says what a type
// is called in English and Chinese, to which family it belongs, which class of verdict it gets, who
// may record it and how private it is. Everything else (dispatch, documentation, JSON names) is
// derived from it. Constant data; any thread.
//
// To add an event type: append the struct to its family's .capnp file, append the member to
// Event.body in event.capnp, append the row here, write admit() and apply() in the family. The
// static_asserts below and the dispatch in replay/ fail to compile while a step is missing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "schema/event.capnp.h"

namespace houniao {

// Decides the verdict (docs/ARCHITECTURE.md): a fact is always counted, at worst flagged; a claim
// on something scarce and a decision may be held.
enum class EventClass : std::uint8_t { fact, claim, decision };

enum class Privacy : std::uint8_t {
  open,          // may be published
  internal,      // staff of the programme
  personal,      // about one person
  sensitive,     // PIPL article 28, and everything about minors under 14
  confidential,  // case work
};

enum class Family : std::uint8_t {
  system,
  programmes,
  people,
  organisations,
  sites,
  workforce,
  sessions,
  services,
  contracts,
  funds,
  volunteers,
  evaluations,
  communications,
  audit,
  orders,
  cases,
  calls,
};

// name, union constant, family, Chinese term, class, role that may record it, privacy
#define HOUNIAO_EVENTS(X)                                                                          \
  X(DeviceEnrolled, DEVICE_ENROLLED, system, "设备入网", decision, admin, internal)                \
  X(DeviceRevoked, DEVICE_REVOKED, system, "设备停用", decision, admin, internal)                  \
  X(DeviceScopesChanged, DEVICE_SCOPES_CHANGED, system, "设备授权变更", decision, admin, internal) \
  X(RoleGranted, ROLE_GRANTED, system, "角色授权", decision, admin, internal)                      \
  X(RoleWithdrawn, ROLE_WITHDRAWN, system, "角色收回", decision, admin, internal)                  \
  X(SyncIncidentRecorded, SYNC_INCIDENT_RECORDED, system, "同步异常", fact, admin, internal)       \
  X(ProgrammeOpened, PROGRAMME_OPENED, programmes, "项目设立", decision, supervisor, open)         \
  X(ProgrammeClosed, PROGRAMME_CLOSED, programmes, "项目结项", decision, supervisor, open)         \
  X(PolicyVersionPublished, POLICY_VERSION_PUBLISHED, programmes, "规则版本发布", decision,        \
    supervisor, open)                                                                              \
  X(ObligationDefined, OBLIGATION_DEFINED, programmes, "义务设定", decision, supervisor, open)     \
  X(ObligationWaived, OBLIGATION_WAIVED, programmes, "义务豁免", decision, supervisor, internal)   \
  X(PersonRegistered, PERSON_REGISTERED, people, "服务对象登记", fact, field, personal)            \
  X(PersonCorrected, PERSON_CORRECTED, people, "登记更正", fact, field, personal)                  \
  X(PersonLinkDecided, PERSON_LINK_DECIDED, people, "判重合并", decision, supervisor, personal)    \
  X(HouseholdChanged, HOUSEHOLD_CHANGED, people, "家庭监护关系", fact, field, personal)            \
  X(ConsentChanged, CONSENT_CHANGED, people, "同意与撤回", fact, field, personal)                  \
  X(PersonStatusChanged, PERSON_STATUS_CHANGED, people, "状态变更", fact, field, personal)         \
  X(PersonalDataErased, PERSONAL_DATA_ERASED, people, "个人信息删除", decision, supervisor,        \
    personal)                                                                                      \
  X(OrganisationRegistered, ORGANISATION_REGISTERED, organisations, "组织登记", fact, field,       \
    internal)                                                                                      \
  X(OrganisationCredentialRecorded, ORGANISATION_CREDENTIAL_RECORDED, organisations, "资质登记",   \
    decision, supervisor, internal)                                                                \
  X(OrganisationStatusChanged, ORGANISATION_STATUS_CHANGED, organisations, "组织状态变更",         \
    decision, supervisor, internal)                                                                \
  X(MembershipChanged, MEMBERSHIP_CHANGED, organisations, "成员加入退出", fact, field, personal)   \
  X(ElectionHeld, ELECTION_HELD, organisations, "换届选举", fact, field, internal)                 \
  X(AppointmentChanged, APPOINTMENT_CHANGED, organisations, "任职卸任", decision, supervisor,      \
    internal)                                                                                      \
  X(AgreementSigned, AGREEMENT_SIGNED, organisations, "共建协议签订", decision, supervisor, open)  \
  X(AgreementEnded, AGREEMENT_ENDED, organisations, "协议终止", decision, supervisor, open)        \
  X(SiteOpened, SITE_OPENED, sites, "阵地启用", decision, supervisor, open)                        \
  X(SiteStatusChanged, SITE_STATUS_CHANGED, sites, "阵地变更停用", decision, supervisor, open)     \
  X(AssetRecorded, ASSET_RECORDED, sites, "资产登记", fact, field, internal)                       \
  X(AssetLent, ASSET_LENT, sites, "借出", claim, field, personal)                                  \
  X(AssetReturned, ASSET_RETURNED, sites, "归还", fact, field, personal)                           \
  X(StaffEngaged, STAFF_ENGAGED, workforce, "社工聘用", decision, supervisor, internal)            \
  X(StaffReleased, STAFF_RELEASED, workforce, "社工离任", decision, supervisor, internal)          \
  X(StaffVetted, STAFF_VETTED, workforce, "违法犯罪记录查询", decision, supervisor, sensitive)     \
  X(StaffPlaced, STAFF_PLACED, workforce, "进驻社区", fact, field, internal)                       \
  X(SessionPlanned, SESSION_PLANNED, sessions, "活动计划", decision, field, open)                  \
  X(SessionHeld, SESSION_HELD, sessions, "活动举办", fact, field, open)                            \
  X(AttendanceRecorded, ATTENDANCE_RECORDED, sessions, "签到到场", fact, field, personal)          \
  X(ServiceDelivered, SERVICE_DELIVERED, services, "服务提供", fact, field, personal)              \
  X(AgencyCaseOpened, AGENCY_CASE_OPENED, services, "代办受理", fact, field, personal)             \
  X(AgencyCaseProgressed, AGENCY_CASE_PROGRESSED, services, "代办流转", fact, field, personal)     \
  X(CustodyMoneyMoved, CUSTODY_MONEY_MOVED, services, "代缴款收付", claim, field, personal)        \
  X(OutcomeConfirmed, OUTCOME_CONFIRMED, services, "成效确认", fact, field, personal)              \
  X(EvidenceAttached, EVIDENCE_ATTACHED, services, "佐证上传", fact, field, internal)              \
  X(ContractSigned, CONTRACT_SIGNED, contracts, "合同签订", decision, finance, open)               \
  X(ContractAmended, CONTRACT_AMENDED, contracts, "合同变更", decision, finance, open)             \
  X(MilestoneSubmitted, MILESTONE_SUBMITTED, contracts, "阶段成果提交", fact, supervisor,          \
    internal)                                                                                      \
  X(MilestoneReviewed, MILESTONE_REVIEWED, contracts, "验收", decision, supervisor, open)          \
  X(ContractClosed, CONTRACT_CLOSED, contracts, "结清终止", decision, finance, open)               \
  X(FundSourceEstablished, FUND_SOURCE_ESTABLISHED, funds, "资金来源设立", decision, finance,      \
    open)                                                                                          \
  X(FundsReceived, FUNDS_RECEIVED, funds, "到账", decision, finance, open)                         \
  X(BudgetAllocated, BUDGET_ALLOCATED, funds, "预算分配", decision, finance, open)                 \
  X(InvoiceRecorded, INVOICE_RECORDED, funds, "票据登记", fact, finance, internal)                 \
  X(DisbursementRequested, DISBURSEMENT_REQUESTED, funds, "用款申请", claim, field, internal)      \
  X(DisbursementApproved, DISBURSEMENT_APPROVED, funds, "审批", decision, supervisor, internal)    \
  X(DisbursementPaid, DISBURSEMENT_PAID, funds, "支付", decision, finance, internal)               \
  X(DisbursementReversed, DISBURSEMENT_REVERSED, funds, "冲销退回", decision, finance, internal)   \
  X(HonourConferred, HONOUR_CONFERRED, volunteers, "表彰荣誉", fact, supervisor, open)             \
  X(EvaluationIssued, EVALUATION_ISSUED, evaluations, "考核与第三方评估", decision, supervisor,    \
    open)                                                                                          \
  X(BroadcastSent, BROADCAST_SENT, communications, "群发短信推送", fact, field, internal)          \
  X(EventCorrected, EVENT_CORRECTED, audit, "更正", decision, supervisor, internal)                \
  X(EventRetracted, EVENT_RETRACTED, audit, "撤销", decision, supervisor, internal)                \
  X(HeldEventDecided, HELD_EVENT_DECIDED, audit, "待决裁定", decision, supervisor, internal)       \
  X(FigureReported, FIGURE_REPORTED, audit, "数据上报", fact, field, open)                         \
  X(VolunteerEnrolled, VOLUNTEER_ENROLLED, volunteers, "志愿者入队", fact, field, personal)        \
  X(DutyCheckedIn, DUTY_CHECKED_IN, volunteers, "志愿者报到", fact, field, personal)               \
  X(InsuranceCovered, INSURANCE_COVERED, volunteers, "投保", decision, supervisor, personal)       \
  X(TrainingCompleted, TRAINING_COMPLETED, volunteers, "培训完成", fact, field, personal)          \
  X(DemandRaised, DEMAND_RAISED, orders, "居民点单", fact, field, personal)                        \
  X(DemandDigestCompiled, DEMAND_DIGEST_COMPILED, orders, "需求汇总清单", decision, supervisor,    \
    internal)                                                                                      \
  X(DeliberationHeld, DELIBERATION_HELD, orders, "青年议事会", fact, field, internal)              \
  X(OrderPosted, ORDER_POSTED, orders, "派单发榜", decision, supervisor, open)                     \
  X(OrderClaimed, ORDER_CLAIMED, orders, "接单揭榜", claim, field, open)                           \
  X(OrderAssigned, ORDER_ASSIGNED, orders, "派定转派", decision, supervisor, open)                 \
  X(OrderWithdrawn, ORDER_WITHDRAWN, orders, "退单撤单", decision, field, open)                    \
  X(OrderFulfilled, ORDER_FULFILLED, orders, "办结", fact, field, internal)                        \
  X(OrderReviewed, ORDER_REVIEWED, orders, "评议验收", decision, supervisor, internal)             \
  X(CaseOpened, CASE_OPENED, cases, "个案建档", fact, field, confidential)                         \
  X(CaseContactLogged, CASE_CONTACT_LOGGED, cases, "跟进记录", fact, field, confidential)          \
  X(CaseReferred, CASE_REFERRED, cases, "转介", fact, field, confidential)                         \
  X(MandatoryReportFiled, MANDATORY_REPORT_FILED, cases, "强制报告", fact, field, confidential)    \
  X(CaseClosed, CASE_CLOSED, cases, "结案封存", decision, supervisor, confidential)                \
  X(SensitiveAccessDecided, SENSITIVE_ACCESS_DECIDED, cases, "查阅授权", decision, supervisor,     \
    confidential)                                                                                  \
  X(SensitiveRecordRead, SENSITIVE_RECORD_READ, cases, "查阅留痕", fact, field, confidential)      \
  X(HoursRecorded, HOURS_RECORDED, volunteers, "时长记录", fact, field, personal)                  \
  X(HoursConfirmed, HOURS_CONFIRMED, volunteers, "时长认定", decision, supervisor, personal)       \
  X(HoursCertificateIssued, HOURS_CERTIFICATE_ISSUED, volunteers, "志愿服务证明出具", decision,    \
    supervisor, personal)                                                                          \
  X(PointsEarned, POINTS_EARNED, volunteers, "积分入账", decision, supervisor, personal)           \
  X(PointsAllowanceLeased, POINTS_ALLOWANCE_LEASED, volunteers, "离线额度预占", claim, field,      \
    personal)                                                                                      \
  X(PointsRedeemed, POINTS_REDEEMED, volunteers, "积分兑换", claim, field, personal)               \
  X(PointsAdjusted, POINTS_ADJUSTED, volunteers, "积分调整过期", decision, supervisor, personal)   \
  X(RatingSubmitted, RATING_SUBMITTED, evaluations, "自评互评", fact, field, internal)             \
  X(SatisfactionSurveyed, SATISFACTION_SURVEYED, evaluations, "满意度", fact, field, personal)     \
  X(CallOpened, CALL_OPENED, calls, "创投招标双选众筹", decision, supervisor, open)                \
  X(ProposalSubmitted, PROPOSAL_SUBMITTED, calls, "申报", claim, field, internal)                  \
  X(ProposalScored, PROPOSAL_SCORED, calls, "评审打分", decision, supervisor, internal)            \
  X(AwardDecided, AWARD_DECIDED, calls, "中选匹配", decision, supervisor, open)                    \
  X(NoticePublished, NOTICE_PUBLISHED, communications, "公示白皮书", fact, field, open)            \
  X(AnomalyDispositioned, ANOMALY_DISPOSITIONED, audit, "疑点处置", decision, auditor, internal)   \
  X(FindingIssued, FINDING_ISSUED, audit, "审计发现", decision, auditor, internal)                 \
  X(FindingResolved, FINDING_RESOLVED, audit, "整改", decision, supervisor, internal)              \
  X(PeriodSealed, PERIOD_SEALED, audit, "封账封存", decision, finance, open)                       \
  X(LogKeyChanged, LOG_KEY_CHANGED, system, "日志密钥变更", decision, admin, open)

// The number on the wire is the member's place in Event.body.
using EventType = schema::Event::Body::Which;

struct CatalogueRow {
  EventType type;
  std::string_view name;     // "PersonRegistered"
  std::string_view name_zh;  // "服务对象登记"
  Family family;
  EventClass event_class;
  schema::Role role;  // any of these roles or a higher one, see may_record()
  Privacy privacy;
};

namespace detail {
inline constexpr schema::Role k_field = schema::Role::FIELD;
inline constexpr schema::Role k_supervisor = schema::Role::SUPERVISOR;
inline constexpr schema::Role k_finance = schema::Role::FINANCE;
inline constexpr schema::Role k_auditor = schema::Role::AUDITOR;
inline constexpr schema::Role k_admin = schema::Role::ADMIN;
}  // namespace detail

inline constexpr std::array kCatalogue = {
#define X(name, constant, family, zh, event_class, role, privacy) \
  CatalogueRow{schema::Event::Body::constant,                     \
               #name,                                             \
               zh,                                                \
               Family::family,                                    \
               EventClass::event_class,                           \
               detail::k_##role,                                  \
               Privacy::privacy},
    HOUNIAO_EVENTS(X)
#undef X
};

// Rows stand in the order of their numbers, so a lookup is an index and a gap does not compile.
consteval bool catalogue_is_dense() {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
    if (static_cast<std::size_t>(kCatalogue[i].type) != i) return false;
  }
  return true;
}
static_assert(catalogue_is_dense(), "a row of the catalogue is missing or out of order");

// The row of a type, or nullptr for a type that this build does not know.
constexpr const CatalogueRow* find_row(std::uint16_t number) {
  return number < kCatalogue.size() ? &kCatalogue[number] : nullptr;
}
constexpr const CatalogueRow* find_row(EventType type) {
  return find_row(static_cast<std::uint16_t>(type));
}
const CatalogueRow* find_row(std::string_view name);  // by English name

std::string_view name_of(Family family);      // "people"
std::string_view name_of(schema::Role role);  // "supervisor"
std::string_view name_zh(schema::Role role);
// nullptr-free parse; false when the text is no role.
bool parse_role(std::string_view text, schema::Role& out);

// Whether a person with `held` may record what needs `needed`: finance and supervisors may do what
// field staff do, administrators manage devices and roles only.
constexpr bool may_record(schema::Role held, schema::Role needed) {
  if (held == needed) return true;
  return needed == schema::Role::FIELD &&
         (held == schema::Role::SUPERVISOR || held == schema::Role::FINANCE);
}

}  // namespace houniao
