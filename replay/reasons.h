// Why an event was flagged or held: one row per reason, the only place that names, numbers and
// explains them. The text says what to do, for the person who recorded the event and for whoever
// decides about it. Numbers are part of the log (Record.reasons) and are never used again.
// Constant data; any thread.
//
// Severity decides the verdict of claims and decisions; a fact is at worst flagged by any reason.
//   flag  counted, shown with the reason
//   hold  kept but not counted until somebody with the role releases or refuses it
//   firm  as hold, and a release cannot waive it: it takes effect only when the reason itself is
//   gone
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace houniao {

// name, number, severity, what to do (Chinese), what to do (English)
//
// 1..99: the envelope and the families system, programmes, people, organisations, sites, workforce,
// audit. 100..169: sessions, services, contracts, funds, honours, evaluations, broadcasts.
// 170..250: orders, cases, volunteers, ratings, calls, notices, sealed periods.
#define HOUNIAO_REASONS(X) \
  HOUNIAO_REASONS_CORE(X) HOUNIAO_REASONS_DELIVERY(X) HOUNIAO_REASONS_FIELD(X)

#define HOUNIAO_REASONS_CORE(X)                                                                  \
  X(orphan, 1, firm, "引用的编号尚未收到；其设备同步后自动重新判定，无需重录",                   \
    "names something not received yet; it is judged again by itself when that arrives, do not "  \
    "record it again")                                                                           \
  X(unknown_type, 2, flag, "本版本不认识此类事件；已原样保存，请升级",                           \
    "this version does not know the event type; it is kept unchanged, update to read it")        \
  X(actor_not_holder, 3, hold, "记录人不是本设备持有人；请持有人确认，或更换设备持有人",         \
    "the actor is not the holder of the device; let the holder confirm it, or enrol the device " \
    "for the actor")                                                                             \
  X(missing_role, 4, hold, "记录人在此范围没有所需角色；请有权者裁定，或由管理员授权",           \
    "the actor has no role for this on the scope; let somebody with the role decide, or ask an " \
    "administrator for the role")                                                                \
  X(scope_not_granted, 5, hold, "本设备未获此范围授权；请管理员授权后由督导裁定",                \
    "the scope is not granted to the device; ask an administrator for the grant, then let a "    \
    "supervisor decide")                                                                         \
  X(device_revoked, 6, hold, "设备停用之后的事件；请督导核实来源后裁定",                         \
    "recorded after the device was revoked; a supervisor must verify where it came from and "    \
    "decide")                                                                                    \
  X(future_dated, 7, hold, "发生时间晚于收到时间；请校准设备时间并更正发生日期",                 \
    "happened later than it was received; set the device clock and correct the date")            \
  X(clock_skew, 8, flag, "设备时钟偏差较大；请校准设备时间并核对发生日期",                       \
    "the device clock is far off; set it and check the date of the event")                       \
  X(outside_programme_period, 9, flag, "不在项目期间内；请核对日期或项目",                       \
    "outside the period of the programme; check the date or the programme")                      \
  X(interval_invalid, 10, hold, "起止日期不成立；请改正后重录",                                  \
    "the end lies before the start; record it again with the right dates")                       \
  X(reason_missing, 11, hold, "缺少理由；请写明理由后重录",                                      \
    "no reason is given; record it again with a reason")                                         \
  X(value_invalid, 12, hold, "数值不成立（负数、为零或超限）；请核对后重录",                     \
    "a value cannot be right (negative, zero or out of range); check it and record it again")    \
  X(not_independent, 13, hold, "经办与审批须为不同的人；请由他人办理",                           \
    "the same person on both sides; somebody else must do this step")                            \
  X(target_not_held, 14, hold, "该事件不在待决状态；无需裁定",                                   \
    "the event is not held; there is nothing to decide")                                         \
  X(target_not_correctable, 15, hold, "此类事件不能更正该字段；请撤销后重录",                    \
    "this field of this type cannot be corrected; retract the event and record it again")        \
  X(target_retracted, 16, flag, "所指事件已撤销；请核对编号",                                    \
    "the event named is retracted; check the id")                                                \
  X(money_only_reversed, 17, firm, "资金事件不能更正或撤销；请用冲销事件",                       \
    "money events are not corrected or retracted; use a reversal")                               \
  X(not_retractable, 18, firm, "此类事件不能撤销；请记录相反的事件",                             \
    "this type cannot be retracted; record the opposite event")                                  \
  X(correction_conflict, 19, flag,                                                               \
    "同一字段另有更正且未引用；两份均保留，请核对后再更正一次并引用前者",                        \
    "another correction of the same field is not named as a cause; both are kept, check and "    \
    "correct once more naming them")                                                             \
  X(late_recorded, 20, flag, "发生一年以后才记录；请附佐证",                                     \
    "recorded more than a year after it happened; attach evidence")                              \
  X(policy_unknown, 21, flag, "所引规则版本未发布；请核对规则版本",                              \
    "the policy version is not published; check the version")                                    \
  X(device_number_taken, 30, firm, "设备编号或密钥已登记；请重新入网",                           \
    "the device number or key is already enrolled; enrol again")                                 \
  X(device_key_invalid, 31, firm, "设备编号与公钥不符；请重新入网",                              \
    "the device id does not belong to the public key; enrol again")                              \
  X(unknown_holder, 32, flag, "设备持有人尚未登记；请登记人员",                                  \
    "the holder of the device is not registered; register the person")                           \
  X(role_not_held, 33, flag, "此人并无该角色；请核对",                                           \
    "the person does not have this role; check it")                                              \
  X(scope_reserved, 34, firm, "范围编号为系统保留；请另选编号",                                  \
    "the scope id is reserved; choose another")                                                  \
  X(unknown_device, 35, hold, "设备未登记；请核对设备编号",                                      \
    "the device is not enrolled; check its number")                                              \
  X(not_the_server, 36, firm, "只有服务器自身可以记录此事件；无需处理，请核实来源",              \
    "only the server itself records this; nothing to do but to find out where it came from")     \
  X(log_key_invalid, 37, firm, "日志密钥的交接不成立；请停用服务器并核对密钥",                   \
    "the change of the log's key does not hold; stop the server and check its keys")             \
  X(child_outside_parent, 40, hold, "子项目期间超出上级项目；请核对期间",                        \
    "the period lies outside the parent programme's; check the dates")                           \
  X(code_taken, 41, flag, "代码已被使用；请核对是否重复",                                        \
    "the code is already used; check whether this is a duplicate")                               \
  X(policy_version_taken, 42, hold, "该规则版本已发布；请使用下一个版本号",                      \
    "this policy version is already published; use the next number")                             \
  X(programme_closed, 43, flag, "项目已结项；请核对项目",                                        \
    "the programme is closed; check the programme")                                              \
  X(id_check_failed, 50, flag, "证件号校验不符；请核对证件",                                     \
    "the id number fails its check; look at the document again")                                 \
  X(duplicate_person, 51, flag, "与已登记人员证件相同；请督导判定是否同一人",                    \
    "same id number as a registered person; a supervisor should decide whether they are one")    \
  X(version_conflict, 52, flag, "同一字段被两处同时修改；两份均保留，请核对后再更正一次",        \
    "the same field was edited in two places; both are kept, check and correct once more")       \
  X(guardian_consent_missing, 53, hold, "不满十四周岁且无监护人同意；请先取得监护人同意",        \
    "under 14 without a guardian's consent; obtain the consent first")                           \
  X(same_person_twice, 54, firm, "两个编号相同；请核对", "both ids are the same; check them")    \
  X(person_erased, 55, hold, "个人信息已删除或限制使用；不得再处理",                             \
    "the person's data is erased or restricted; it may not be processed")                        \
  X(outside_life_time, 56, flag, "在其去世或迁出之后；请核对人员和日期",                         \
    "after the person died or moved away; check the person and the date")                        \
  X(before_registration, 57, flag, "早于登记日期；请核对日期",                                   \
    "before the person was registered; check the date")                                          \
  X(not_guardian, 58, flag, "同意人未登记为监护人；请登记监护关系",                              \
    "who consents is not recorded as the guardian; record the relation")                         \
  X(link_unknown, 59, flag, "两人并未合并；无需撤销",                                            \
    "the two are not linked; there is nothing to take back")                                     \
  X(legal_ground_missing, 60, hold, "未写明法律依据；请写明后重录",                              \
    "no legal ground is given; record it again with one")                                        \
  X(retention_runs, 61, hold, "法定保存期未满；只能限制使用",                                    \
    "a statutory retention period runs; only the use can be restricted")                         \
  X(uscc_invalid, 70, flag, "统一社会信用代码校验不符；请核对",                                  \
    "the social credit code fails its check; look at the certificate again")                     \
  X(uscc_taken, 71, flag, "该统一社会信用代码已登记；请核对是否重复",                            \
    "the social credit code is already registered; check for a duplicate")                       \
  X(organisation_not_active, 72, hold, "组织已暂停或注销；请核对组织状态",                       \
    "the organisation is suspended or deregistered; check its status")                           \
  X(membership_without_join, 73, flag, "没有加入记录；请补录",                                   \
    "there is no record of joining; add it")                                                     \
  X(count_exceeds_total, 74, flag, "人数前后不符；请核对",                                       \
    "a part is larger than its whole; check the numbers")                                        \
  X(parties_too_few, 75, hold, "协议至少两方；请补全",                                           \
    "an agreement needs two parties; complete it")                                               \
  X(already_ended, 76, flag, "此前已经终止；请核对是否重复",                                     \
    "it had already ended; check for a duplicate")                                               \
  X(site_closed, 80, flag, "阵地当日未开放；请核对日期或阵地",                                   \
    "the site was not open that day; check the date or the site")                                \
  X(nothing_to_lend, 81, firm, "该物品已借出或库存不足；请待归还后再借",                         \
    "the item is lent out or out of stock; lend it when it is back")                             \
  X(not_lendable, 82, hold, "该资产不可外借；请核对", "the asset is not for lending; check it")  \
  X(not_borrowed, 83, flag, "没有对应的借出记录；请补录",                                        \
    "there is no record of the loan; add it")                                                    \
  X(staff_not_engaged, 90, flag, "当日不在聘用期内；请核对人员或日期",                           \
    "not engaged on that day; check the person or the date")                                     \
  X(staff_not_vetted, 91, hold, "十二个月内无违法犯罪记录查询；请先查询",                        \
    "not vetted within the last twelve months; vet first")                                       \
  X(vetting_failed, 92, hold, "查询结果不符合从业要求；不得安排接触未成年人",                    \
    "the vetting was not clear; no work with minors")

// Families sessions, services, contracts, funds, volunteers, evaluations, communications append
// here.
#define HOUNIAO_REASONS_DELIVERY(X)                                                             \
  X(wrong_reference, 100, hold, "所指编号不是所需的类型；请核对编号",                           \
    "the id names something of another kind; check it")                                         \
  X(time_invalid, 101, hold, "起止时刻不成立；请核对时间",                                      \
    "the times of day cannot be right; check them")                                             \
  X(outside_opening_hours, 102, flag, "不在阵地开放时间内；请核对时间或开放时间",               \
    "outside the opening hours of the site; check the time or the hours")                       \
  X(over_capacity, 103, flag, "人数超过场地容量；请核对人数",                                   \
    "more people than the room holds; check the number")                                        \
  X(headcount_mismatch, 104, flag, "签到人数多于现场人数；请核对",                              \
    "more sign-ins than the headcount; check both")                                             \
  X(nobody_served, 105, flag, "没有服务对象也没有数量；请补全",                                 \
    "no person, nobody anonymous and no quantity; complete it")                                 \
  X(person_listed_twice, 106, flag, "同一人列了两次；只计一次，请核对名单",                     \
    "a person is listed twice and counted once; check the list")                                \
  X(outside_session_day, 107, flag, "与活动日期不符；请核对日期",                               \
    "not on the day of the session; check the date")                                            \
  X(session_held_twice, 108, flag, "该计划已有举办记录；请核对是否重复",                        \
    "the plan already has a session held; check for a duplicate")                               \
  X(two_places, 109, flag, "同一人同一时间出现在两处；请核对",                                  \
    "the same person in two places at one time; check both")                                    \
  X(stage_out_of_order, 110, flag, "代办环节顺序不符；请补录缺少的环节",                        \
    "the stages of the case are out of order; add the missing one")                             \
  X(certificate_twice, 111, flag, "该人已办理过同类证件；请核对是否重复",                       \
    "the person already has a case for this certificate; check for a duplicate")                \
  X(custody_short, 112, firm, "代缴款余额不足；请先登记收款",                                   \
    "not enough money is held for the client; record the receipt first")                        \
  X(outcome_repeated, 113, flag, "该成效已确认过；请核对是否重复",                              \
    "this outcome is already confirmed; check for a duplicate")                                 \
  X(follow_up_without_outcome, 114, flag, "没有首次成效确认；请补录",                           \
    "there is no first confirmation; add it")                                                   \
  X(evidence_reused, 115, flag, "同一佐证已用于其他事件；请更换佐证",                           \
    "the same evidence is attached to another event; attach its own")                           \
  X(hash_invalid, 116, flag, "佐证摘要格式不符；请重新上传",                                    \
    "the hash of the evidence is malformed; attach it again")                                   \
  X(shares_exceed_whole, 117, hold, "资金分摊合计超过百分之百；请核对",                         \
    "the fund shares add up to more than the whole; check them")                                \
  X(amount_invalid, 118, firm, "金额不成立（为零、负数或超限）；请核对后重录",                  \
    "the amount cannot be right (zero, negative or out of range); record it again")             \
  X(ledger_limit, 119, firm, "账户累计超出上限；请联系管理员",                                  \
    "the account would exceed its limit; contact an administrator")                             \
  X(payment_before_acceptance, 120, firm, "申请金额尚未验收；请先验收，再由有权者放行",         \
    "not accepted yet; have the work accepted, then release the request")                       \
  X(over_contract_value, 121, firm, "超过合同金额；请先变更合同",                               \
    "over the value of the contract; amend the contract first")                                 \
  X(over_advance, 122, firm, "超过约定的预付款；请核对合同",                                    \
    "over the advance that the contract agrees; check the contract")                            \
  X(amendment_over_tenth, 123, hold, "补充金额累计超过原合同的百分之十；须有法律依据",          \
    "supplements exceed ten per cent of the original amount; a legal ground is needed")         \
  X(purpose_outside_fund, 124, firm, "用途不在资金限定范围；请改用其他资金",                    \
    "the purpose is outside the fund's restriction; use another fund")                          \
  X(region_outside_fund, 125, firm, "地区不在资金限定范围；请改用其他资金",                     \
    "the region is outside the fund's restriction; use another fund")                           \
  X(date_outside_fund, 126, firm, "日期不在资金使用期内；请核对日期或资金",                     \
    "the date is outside the fund's period; check the date or the fund")                        \
  X(allocation_exceeds_receipts, 127, firm, "分配超过到账金额；请先登记到账",                   \
    "more than the fund has received; record the receipt first")                                \
  X(approval_exceeds_allocation, 128, firm, "批准超过预算分配；请先分配预算",                   \
    "more than is allocated; allocate first")                                                   \
  X(payment_exceeds_approval, 129, firm, "支付超过批准金额；请核对",                            \
    "more than was approved; check the amount")                                                 \
  X(reversal_exceeds_payment, 130, firm, "冲销超过实付金额；请核对",                            \
    "more than was paid; check the amount")                                                     \
  X(allocation_in_use, 131, firm, "该预算已被批准使用；不能收回",                               \
    "the allocation is already approved for payment; it cannot be taken back")                  \
  X(payee_without_code, 132, firm, "收款单位没有有效的统一社会信用代码；请先登记",              \
    "the payee has no valid social credit code; register it first")                             \
  X(payee_not_active, 133, firm, "收款单位未处于正常状态；请核对",                              \
    "the payee is suspended or deregistered; check its status")                                 \
  X(payee_without_account, 134, firm, "收款单位没有核验过的银行账户；请先核验",                 \
    "the payee has no verified bank account; verify one first")                                 \
  X(account_differs, 135, firm, "收款账户与核验账户不一致；请核对账户",                         \
    "the account is not the verified one; check it")                                            \
  X(duties_not_separated, 136, firm, "申请、审批、支付、验收须由不同的人办理；请由他人办理",    \
    "requester, approver, payer and reviewer must be different people; somebody else must do "  \
    "this step")                                                                                \
  X(approval_out_of_order, 137, firm, "审批级次不符；请按顺序审批",                             \
    "not the next rung of the approval ladder; approve in order")                               \
  X(request_not_approved, 138, firm, "申请尚未完成全部审批；请先审批",                          \
    "not approved on every level; approve first")                                               \
  X(request_refused, 139, firm, "申请已被驳回；请重新申请",                                     \
    "the request was refused; make another one")                                                \
  X(invoice_duplicate, 140, flag, "同一开票方同一号码的票据已登记；请核对",                     \
    "an invoice of this issuer and number is already recorded; check it")                       \
  X(invoice_used, 141, firm, "该票据已用于其他申请；请更换票据",                                \
    "the invoice is used by another request; use its own invoice")                              \
  X(over_invoice, 142, hold, "申请金额超过票据金额；请核对",                                    \
    "more than the invoice; check the amount")                                                  \
  X(unit_billed_twice, 143, firm, "交付单元已在其他成果中计费；请剔除后重新提交",               \
    "a delivery is already billed elsewhere; take it out and submit again")                     \
  X(unit_not_delivery, 144, flag, "所列单元不是服务或活动记录；请核对",                         \
    "a unit listed is not a delivery; check it")                                                \
  X(units_differ_from_lines, 145, flag, "申报数量与所列单元不符；请核对",                       \
    "the quantity claimed differs from the units listed; check both")                           \
  X(acceptance_incomplete, 146, firm, "验收须列明标准、服务对象意见和公示；请补全后重录",       \
    "an acceptance needs its standards, a beneficiary's opinion and a disclosure; complete it " \
    "and record it again")                                                                      \
  X(milestone_reviewed, 147, firm, "该成果已验收；请核对",                                      \
    "the milestone is already reviewed; check it")                                              \
  X(accepted_exceeds_claim, 148, firm, "验收数量或金额超过申报；请核对",                        \
    "accepted more than was claimed; check quantity and amount")                                \
  X(contract_closed, 149, firm, "合同已结清或终止；请核对合同",                                 \
    "the contract is closed; check it")                                                         \
  X(deliverable_unknown, 150, hold, "合同中没有此交付项；请核对",                               \
    "the contract has no such deliverable; check the code")                                     \
  X(deliverables_differ, 151, flag, "交付项合计与合同金额不符；请核对",                         \
    "the deliverables do not add up to the contract's amount; check them")                      \
  X(contract_number_taken, 152, hold, "合同编号已登记；请核对是否重复",                         \
    "the contract number is already recorded; check for a duplicate")                           \
  X(advance_invalid, 153, hold, "预付款超过合同金额；请核对",                                   \
    "the advance exceeds the contract; check it")                                               \
  X(fund_not_in_contract, 154, firm, "该资金不在合同的资金来源中；请核对",                      \
    "the fund is not one of the contract's; check it")                                          \
  X(outside_contract_period, 155, flag, "不在合同期内；请核对日期或合同",                       \
    "outside the period of the contract; check the date or the contract")                       \
  X(contract_not_settled, 156, flag, "合同尚有已批未付的款项；请核对",                          \
    "approved money of the contract is not paid yet; check it")                                 \
  X(evaluator_is_subject, 157, firm, "评估方与被评方相同；请由他方评估",                        \
    "evaluator and subject are the same; somebody else must evaluate")                          \
  X(conflict_declared, 158, flag, "评估方申报了利益冲突；请核对结论",                           \
    "the evaluator declared a conflict of interest; look at the result with care")              \
  X(scores_invalid, 159, hold, "得分超过满分或为负；请核对",                                    \
    "a score is negative or above its maximum; check it")                                       \
  X(delivered_exceeds_recipients, 160, flag, "送达数多于发送数；请核对",                        \
    "delivered to more than were addressed; check the numbers")                                 \
  X(consent_basis_missing, 161, flag, "未写明发送依据；请补充",                                 \
    "no basis of consent is given; add it")                                                     \
  X(honour_repeated, 162, flag, "同年同项荣誉已登记；请核对是否重复",                           \
    "the same honour of that year is already recorded; check for a duplicate")                  \
  X(text_missing, 163, hold, "缺少必填文字；请补全后重录",                                      \
    "a text that is needed is empty; complete it and record it again")                          \
  X(payee_not_contractor, 164, firm, "收款单位不是合同承接方；请核对",                          \
    "the payee is not a contractor of the contract; check it")                                  \
  X(milestone_differs, 165, firm, "成果不属于该合同；请核对",                                   \
    "the milestone belongs to another contract; check it")                                      \
  X(minutes_implausible, 166, flag, "单次时长超过二十四小时；请核对",                           \
    "longer than a day; check the minutes")

// Families orders, cases, volunteers, evaluations, calls, communications and what audit needs for
// sealed periods.
#define HOUNIAO_REASONS_FIELD(X)                                                                   \
  X(order_closed, 170, firm, "该单已撤回或办结；请核对",                                           \
    "the order is withdrawn or done; check it")                                                    \
  X(claim_shares_not_whole, 171, firm, "联合接单份额合计不是百分之百；请改正后重录",               \
    "the shares of a joint claim do not add up to the whole; record it again with shares that do") \
  X(order_already_assigned, 172, firm, "该单已有生效的派定；请用转派",                             \
    "the order already has an assignment in force; transfer it instead")                           \
  X(assignment_breaks_rule, 173, firm, "派定结果与公布的规则不符；请按规则派定",                   \
    "not the claim that the published rule chooses; assign by the rule")                           \
  X(claim_withdrawn, 174, firm, "该接单已退回；请另选", "the claim was given up; choose another")  \
  X(claim_after_deadline, 175, hold, "接单已过截止日；请督导裁定",                                 \
    "the claim is after the deadline; a supervisor must decide")                                   \
  X(not_invited, 176, hold, "不在邀请名单内；请督导裁定",                                          \
    "not among those invited; a supervisor must decide")                                           \
  X(digest_incomplete, 177, flag, "清单漏列未办结的需求；请补列并注明去向",                        \
    "an open demand of the period is not listed; list it with what became of it")                  \
  X(demand_closed, 178, flag, "该需求此前已办结；请核对",                                          \
    "the demand was settled before; check it")                                                     \
  X(dispatch_without_order, 179, flag, "注明已派单但没有对应的单；请补充",                         \
    "listed as dispatched, but no order carries the demand; name the order")                       \
  X(order_not_assigned, 180, flag, "该单尚未派定；请补录派定",                                     \
    "the order was never assigned; record the assignment")                                         \
  X(performer_reviews, 181, firm, "承办人不得评议验收自己的单；请由他人办理",                      \
    "whoever performed the order may not review it; somebody else must")                           \
  X(panel_took_part, 182, flag, "评议人员参与了承办；请说明并由独立人员复核",                      \
    "a member of the panel took part in the work; say so and let an independent person look at "   \
    "it")                                                                                          \
  X(order_already_reviewed, 183, flag, "该单已评议验收；请核对是否重复",                           \
    "the order is already reviewed; check for a duplicate")                                        \
  X(fulfilment_missing, 184, hold, "该单尚未办结；请先登记办结",                                   \
    "the order is not fulfilled yet; record the fulfilment first")                                 \
  X(not_claimant, 185, hold, "退单人不是接单人；请由接单方办理",                                   \
    "whoever gives the claim up did not make it; let the claimant do it")                          \
  X(resolution_off_agenda, 186, flag, "决议事项不在议程内；请核对",                                \
    "a resolution is about something that was not on the agenda; check it")                        \
  X(case_closed, 190, flag, "该个案已结案；请核对或重新建档",                                      \
    "the case is closed; check it or open another")                                                \
  X(case_sealed, 191, firm, "该个案已封存；不得查阅", "the case is sealed; it may not be read")    \
  X(consent_not_in_force, 192, flag, "所引同意不存在、已撤回或不是本人的；请先取得同意",           \
    "the consent named is not given, was withdrawn or is another person's; obtain the consent")    \
  X(access_missing, 193, flag, "没有生效的查阅授权；请补办授权并说明",                             \
    "no decision in force allows this reading; ask for one and explain")                           \
  X(access_too_long, 194, hold, "查阅授权超过一年；请缩短期限",                                    \
    "access for more than a year; choose a shorter time")                                          \
  X(report_without_case, 195, flag, "没有对应的个案或对象；请补充",                                \
    "names neither a case nor a person; complete it")                                              \
  X(uninsured_duty, 200, hold, "服务前未投保意外险；请先投保",                                     \
    "no accident insurance in force for this duty; insure first")                                  \
  X(untrained_duty, 201, flag, "服务前未完成培训；请先培训",                                       \
    "no training before this duty; train first")                                                   \
  X(minutes_exceed_duty, 202, flag, "时长多于报到时间；请核对",                                    \
    "more minutes than between check-in and check-out; check them")                                \
  X(minutes_exceed_session, 203, flag, "时长多于活动时间；请核对",                                 \
    "more minutes than the session lasted; check them")                                            \
  X(minutes_exceed_record, 204, firm, "认定时长多于记录时长；请核对",                              \
    "more minutes decided than were recorded; check them")                                         \
  X(hours_already_confirmed, 205, firm, "该时长已认定；请核对",                                    \
    "these hours are already decided; check them")                                                 \
  X(certificate_exceeds_hours, 206, firm, "证明时长多于已认定时长；请核对",                        \
    "the certificate states more minutes than are confirmed; check it")                            \
  X(certificate_number_taken, 207, firm, "证明编号已使用；请换编号",                               \
    "the number of the certificate is already used; choose another")                               \
  X(certificate_incomplete, 208, hold,                                                             \
    "证明缺少法定内容（出具单位、负责人、经办人、联系方式、内容、公示）；请补全后重录",            \
    "the certificate lacks what the law asks for (issuer, head, handler, contact, content, "       \
    "posting); complete it and record it again")                                                   \
  X(points_credited_twice, 209, firm, "该时长的积分已入账；请核对",                                \
    "the points of these hours are already credited; check them")                                  \
  X(points_exceed_rule, 210, hold, "积分多于规则所给；请核对规则",                                 \
    "more points than the rule gives; check the rule")                                             \
  X(points_short, 211, firm, "积分余额不足；请先记录时长",                                         \
    "not enough points; record and confirm hours first")                                           \
  X(lease_short, 212, firm, "离线额度不足；请联网后再兑换",                                        \
    "the lease does not have as many points left; redeem when online")                             \
  X(lease_of_other_device, 213, firm, "离线额度不属于本设备或该志愿者；请核对",                    \
    "the lease belongs to another device or volunteer; check it")                                  \
  X(lease_expired, 214, hold, "离线额度已过期；请联网后再兑换",                                    \
    "the lease had expired that day; redeem when online")                                          \
  X(lease_closed, 215, firm, "离线额度已归还；请核对", "the lease was given back; check it")       \
  X(points_shortage, 216, flag, "物品已交付但积分不足；差额记为阵地欠账",                          \
    "the goods are handed over but the points do not suffice; the rest is owed by the site")       \
  X(redemption_mode_not_allowed, 217, hold, "现行规则不允许此种兑换方式；请督导裁定",              \
    "the policy in force does not allow this way of redeeming; a supervisor must decide")          \
  X(stock_short, 218, hold, "库存不足；请补货后兑换",                                              \
    "not enough in stock; redeem when it is restocked")                                            \
  X(stock_shortage, 219, flag, "已交付数量超过库存；请盘点",                                       \
    "more was handed over than was in stock; take stock")                                          \
  X(already_enrolled, 220, flag, "此人已在该队；请核对是否重复",                                   \
    "the person is already in the team; check for a duplicate")                                    \
  X(before_enrolment, 221, flag, "早于入队日期；请核对日期",                                       \
    "before the volunteer was enrolled; check the date")                                           \
  X(rating_kind_differs, 225, flag, "自评须为本人，互评须为他人；请核对",                          \
    "a self-rating is of oneself and every other kind of somebody else; check it")                 \
  X(answered_twice, 226, flag, "同一受访者已答过；请核对",                                         \
    "this respondent has already answered; check it")                                              \
  X(not_attended, 227, flag, "受访者未参加；请核对", "the respondent did not take part; check it") \
  X(after_deadline, 230, firm, "收到时已过申报截止时间；不予受理",                                 \
    "received after the deadline of the call; it cannot take part")                                \
  X(awards_exceed_budget, 231, firm, "中选金额合计超过预算；请核对",                               \
    "the awards exceed the budget of the call; check them")                                        \
  X(lot_unknown, 232, hold, "没有该标段；请核对", "the call has no such lot; check the code")      \
  X(awards_exceed_lot, 233, firm, "中选金额合计超过标段金额；请核对",                              \
    "the awards exceed the amount of the lot; check them")                                         \
  X(scorer_has_interest, 234, firm, "评审人与申报方有利害关系；请回避",                            \
    "the scorer is an applicant or declared an interest; the scorer must stand aside")             \
  X(scored_twice, 235, firm, "该评审人已评过；请核对",                                             \
    "this scorer has already scored the proposal; check it")                                       \
  X(same_document, 236, flag, "与另一申报的文件相同；请核查",                                      \
    "the same document as another proposal; look into it")                                         \
  X(proposal_of_other_call, 237, firm, "该申报不属于此次征集；请核对",                             \
    "the proposal belongs to another call; check it")                                              \
  X(disclosure_missing, 238, hold, "未写明公示；请补全后重录",                                     \
    "no disclosure is named; complete it and record it again")                                     \
  X(single_bidder, 239, flag, "只有一份有效申报；请核查",                                          \
    "there is only one valid proposal; look into it")                                              \
  X(period_sealed, 240, flag, "所属期间已封账；计入下一个未封期间",                                \
    "its period is sealed; it counts in the next open period")                                     \
  X(period_overlaps_seal, 241, firm, "该期间已封账；请核对起止日期",                               \
    "the period is sealed already; check its dates")                                               \
  X(disposition_by_subject, 243, firm, "疑点不得由当事人处置；请由他人办理",                       \
    "the anomaly concerns whoever disposes of it; somebody else must")                             \
  X(already_resolved, 244, flag, "该发现已整改；请核对是否重复",                                   \
    "the finding is already resolved; check for a duplicate")                                      \
  X(proof_missing, 245, hold, "没有整改佐证；请列明相关事件",                                      \
    "no event proves it; name the events")                                                         \
  X(posted_too_briefly, 247, flag, "公示不足七日；请延长",                                         \
    "posted for less than seven days; post it longer")                                             \
  X(award_repeated, 248, firm, "该申报已有生效的中选决定；如需改判，请先撤销原决定",               \
    "the proposal already has an award in force; retract that one first to decide anew")           \
  X(award_before_deadline, 249, hold, "申报截止之前即决定中选；请截止后再决定，或由督导裁定",      \
    "decided before the deadline of the call; decide after it, or let a supervisor decide")        \
  X(proposal_before_opening, 250, hold, "征集尚未开始；请开始后再申报，或由督导裁定",              \
    "the call was not open yet; hand it in once it is, or let a supervisor decide")

enum class Reason : std::uint16_t {
#define X(name, number, severity, zh, en) name = number,
  HOUNIAO_REASONS(X)
#undef X
};

enum class Severity : std::uint8_t { flag, hold, firm };

struct ReasonRow {
  Reason reason;
  std::string_view name;
  Severity severity;
  std::string_view zh;
  std::string_view en;
};
// nullptr for a number that this build does not know.
const ReasonRow* find_reason(std::uint16_t number);
const ReasonRow* find_reason(std::string_view name);
std::string_view name_of(Reason reason);  // "duplicate_person"
Severity severity_of(Reason reason);

// A set of reasons, ascending by number. A value of fixed size; adding never allocates, except that
// the ids that an orphan waits for are kept beside the set (and take no part in comparisons).
class Reasons {
 public:
  static constexpr std::uint16_t kNumberMax = 255;

  Reasons() = default;
  Reasons(std::initializer_list<Reason> reasons) {
    for (Reason reason : reasons) add(reason);
  }

  void add(Reason reason) { add_number(static_cast<std::uint16_t>(reason)); }
  void add_if(bool condition, Reason reason) {
    if (condition) add(reason);
  }
  // The event names `missing`, which the log does not have (in force) yet.
  void orphan(std::uint64_t missing) {
    add(Reason::orphan);
    missing_.push_back(missing);
  }
  template <class Tag>
  void orphan(Strong<Tag> missing) {
    orphan(missing.value);
  }
  // False when the number is beyond what a set can hold.
  bool add_number(std::uint16_t number) {
    if (number > kNumberMax) return false;
    bits_[number / 64] |= std::uint64_t{1} << (number % 64);
    return true;
  }
  void remove(Reason reason) {
    const auto number = static_cast<std::uint16_t>(reason);
    bits_[number / 64] &= ~(std::uint64_t{1} << (number % 64));
  }

  bool has(Reason reason) const {
    const auto number = static_cast<std::uint16_t>(reason);
    return (bits_[number / 64] >> (number % 64)) & 1;
  }
  bool empty() const { return (bits_[0] | bits_[1] | bits_[2] | bits_[3]) == 0; }
  std::size_t size() const {
    return static_cast<std::size_t>(std::popcount(bits_[0]) + std::popcount(bits_[1]) +
                                    std::popcount(bits_[2]) + std::popcount(bits_[3]));
  }
  void add_all(const Reasons& other) {
    for (std::size_t i = 0; i < 4; ++i) bits_[i] |= other.bits_[i];
    missing_.insert(missing_.end(), other.missing_.begin(), other.missing_.end());
  }
  bool any_of_at_least(Severity severity) const;  // hold also finds firm
  // Everything in `other` that may be waived (all but firm) is taken out.
  Reasons without_waived(const Reasons& waived) const;

  template <class Visit>
  void for_each(Visit&& visit) const {  // ascending
    for (std::size_t word = 0; word < 4; ++word) {
      for (std::uint64_t rest = bits_[word]; rest != 0; rest &= rest - 1) {
        visit(static_cast<Reason>(word * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
      }
    }
  }
  std::vector<std::uint16_t> numbers() const;  // ascending, as Record.reasons holds them

  const std::vector<std::uint64_t>& missing() const { return missing_; }

  bool operator==(const Reasons& other) const {
    return bits_[0] == other.bits_[0] && bits_[1] == other.bits_[1] && bits_[2] == other.bits_[2] &&
           bits_[3] == other.bits_[3];
  }

  template <class Archive>
  void fields(Archive& a) {
    a(bits_[0], bits_[1], bits_[2], bits_[3]);
  }

 private:
  std::uint64_t bits_[4] = {0, 0, 0, 0};
  std::vector<std::uint64_t> missing_;
};

}  // namespace houniao
