#include "replay/rules/rules_institutions.h"

#include <array>

namespace houniao::rules {
namespace {

using Body = schema::Event::Body;

// --- thresholds ---------------------------------------------------------------------------------

constexpr std::array kUnvetted = {
    Parameter{"since_day", 18'779, "自该日起适用（1970-01-01起的天数；2021-06-01修订的法律施行）",
              "applies from this day (days since 1970-01-01; the revised law is in force from "
              "2021-06-01)"},
    Parameter{"vetting_days", 366, "一次查询有效的天数", "days for which one vetting is valid"},
    Parameter{"children_in_session", 3, "活动中登记儿童达到此数即视为接触未成年人",
              "registered children at a session that make it work with minors"},
    Parameter{"children_served", 3, "服务过的登记儿童达到此数才提示",
              "registered children served by one member of staff before it is doubted"}};

constexpr std::array kUninsured = {
    Parameter{"entry_days", 7, "保单可以晚于值守录入的天数",
              "days by which the entry of a policy may follow the duty"},
    Parameter{"duties_least", 1, "一队无保险的值守达到此数才提示",
              "uninsured duties of one team before it is doubted"}};

constexpr std::array kOrderGame = {
    Parameter{"dropped_least", 3, "一方退回的单数下限", "orders that one party gave up, at least"},
    Parameter{"dropped_permille", 500, "退回占其派定单的千分比下限",
              "of those assigned to it, in thousandths, at least"},
    Parameter{"contested_least", 5, "同类竞争单数下限", "contested orders of one kind, at least"},
    Parameter{"wins_permille", 900, "同一方中选的千分比下限",
              "won by one party, in thousandths, at least"},
    Parameter{"seconds", 60, "派定后多少秒内办结视为过快",
              "seconds from assignment to fulfilment that are too few"},
    Parameter{"unasked_least", 3, "未征求点单人意见的单数下限",
              "orders of one reviewer without the requester's opinion, at least"},
    Parameter{"unasked_permille", 500, "占其验收居民点单的千分比下限",
              "of the residents' orders it accepted, in thousandths, at least"}};

constexpr std::array kAgency = {
    Parameter{"resident_id_days", 1'826, "居民身份证至少有效的天数",
              "days for which a resident identity card is valid at least"},
    Parameter{"other_certificate_days", 365, "其他证件至少有效的天数",
              "days for which any other certificate is valid at least"},
    Parameter{"handover_days", 90, "签发后应交到本人的天数",
              "days within which an issued certificate is handed over"},
    Parameter{"undelivered_least", 3, "一人经办未交件数下限",
              "certificates of one worker not handed over, at least"},
    Parameter{"undelivered_permille", 50, "占其已签发件的千分比下限",
              "of those issued through the worker, in thousandths, at least"},
    Parameter{"unregistered_least", 3, "一人经办的未登记对象件数下限",
              "cases of one worker for unregistered persons, at least"},
    Parameter{"unregistered_days", 30, "登记可以晚到的天数",
              "days for which a registration may still be under way"}};

constexpr std::array kBroadcast = {
    Parameter{"over_permille", 1'000, "对象数可为已知号码或同意数的千分比",
              "recipients allowed for each thousand known phones or consents"},
    Parameter{"repeat_days", 3, "同一内容再次群发的最短间隔天数",
              "days within which one text is not sent again"},
    Parameter{"message_fen", 5, "每条信息估计的价格（分），用于计算涉及金额",
              "assumed price of one message in fen, for the money at risk"}};

constexpr std::array kOrganisation = {
    Parameter{"rating_days", 1'827, "评估等级最长有效天数（五年）",
              "days for which a rating is valid at most (five years)"},
    Parameter{"winding_up_days", 30, "暂停或注销后清理收尾的天数",
              "days for winding up after suspension or deregistration"},
    Parameter{"account_days", 60, "签约后应核验账户的天数",
              "days after signing by which an account is verified"}};

constexpr std::array kContest = {
    Parameter{"outlier_permille", 400, "偏离其他评审人（扣除个人习惯）的千分比下限",
              "deviation from the other scorers beyond one's habit, in thousandths, at least"},
    Parameter{"scorers_least", 3, "有效评审人数下限", "scorers of one proposal, at least"}};

constexpr std::array kOverCoverage = {
    Parameter{"tolerance_permille", 100, "允许超出应受益人数的千分比",
              "by how many thousandths the eligible may be exceeded"},
    Parameter{"persons_least", 20, "受益人数下限", "beneficiaries, at least"}};

constexpr std::array kAmounts = {
    Parameter{"round_fen", 100'000, "整数金额的单位（分）",
              "fen of which a round amount is a multiple"},
    Parameter{"round_least", 5, "不同整数金额个数下限", "different round amounts, at least"},
    Parameter{"round_permille", 900, "占不同金额的千分比下限",
              "of all different amounts, in thousandths, at least"},
    Parameter{"repeats_least", 3, "相同金额笔数下限", "payments of one amount, at least"},
    Parameter{"repeat_days", 10, "相同金额集中的天数", "days within which they lie"},
    Parameter{"sample_least", 100, "首位数字检验的样本下限",
              "amounts for the first-digit test, at least"},
    Parameter{"chi_square_milli", 40'000, "卡方下限（千分之一，自由度8）",
              "chi-square in thousandths (8 degrees of freedom), at least"},
    Parameter{"effect_permille", 200, "卡方与样本数之比的千分比下限",
              "chi-square for each amount in thousandths, at least"},
    Parameter{"deposit_days", 30, "中选或签约前缴款的天数",
              "days before an award or contract in which a deposit is doubted"}};

constexpr std::array kLostDemand = {
    Parameter{"missed_least", 1, "漏列的清单份数下限", "lists that miss a demand, at least"},
    Parameter{"forgotten_days", 62, "没有任何去向的天数", "days without any disposition"},
    Parameter{"gap_days", 14, "连续没有收集的天数下限",
              "days without collection in a row, at least"},
    Parameter{"collecting_days", 30, "此前收集过的天数下限",
              "days with collection before it, at least"},
    Parameter{"spacing_days", 3, "平时收集的平均间隔天数上限",
              "usual distance of days with collection, at most"}};

constexpr std::array kPosts = {
    Parameter{"fill_days", 60, "选后到任的天数",
              "days after the election by which posts are filled"},
    Parameter{"bodies_most", 4, "一人同时任职的组织数上限",
              "bodies in which one person holds posts at once, at most"}};

constexpr std::array kInsuranceCount = {
    Parameter{"insured_least", 10, "保单人数下限", "insured of one policy, at least"},
    Parameter{"unused_permille", 500, "从未值守或重复者占投保人数的千分比下限",
              "never on duty or listed twice, in thousandths of the insured, at least"},
    Parameter{"wait_days", 180, "保单生效后等待的天数", "days to wait after a cover begins"},
    Parameter{"cover_days_least", 60, "保期短于此天数的过渡保单不作判断",
              "days of a cover below which a policy is not judged"}};

constexpr std::array kCustody = {
    Parameter{"clear_days", 60, "代收款应结清的天数", "days within which custody money is cleared"},
    Parameter{"fees_least", 3, "一人经办的收费无代收记录件数下限",
              "cases of one worker with a fee and no custody money, at least"},
    Parameter{"fees_permille", 200, "占其收费办成件的千分比下限",
              "of the worker's issued cases with a fee, in thousandths, at least"}};

// --- after what a rule is asked again -----------------------------------------------------------

constexpr std::array kReadsUnvetted = {
    Body::SESSION_PLANNED,    Body::SESSION_HELD,        Body::ATTENDANCE_RECORDED,
    Body::DUTY_CHECKED_IN,    Body::SERVICE_DELIVERED,   Body::CASE_OPENED,
    Body::PERSON_REGISTERED,  Body::CASE_CONTACT_LOGGED, Body::PERSON_CORRECTED,
    Body::STAFF_ENGAGED,      Body::STAFF_RELEASED,      Body::STAFF_VETTED,
    Body::VOLUNTEER_ENROLLED, Body::MILESTONE_SUBMITTED};
constexpr std::array kReadsUninsured = {Body::DUTY_CHECKED_IN, Body::INSURANCE_COVERED,
                                        Body::VOLUNTEER_ENROLLED, Body::ORDER_POSTED};
constexpr std::array kReadsOrderGame = {
    Body::ORDER_POSTED,        Body::ORDER_CLAIMED,     Body::ORDER_ASSIGNED,
    Body::ORDER_WITHDRAWN,     Body::ORDER_FULFILLED,   Body::ORDER_REVIEWED,
    Body::STAFF_ENGAGED,       Body::STAFF_RELEASED,    Body::MEMBERSHIP_CHANGED,
    Body::APPOINTMENT_CHANGED, Body::PERSON_REGISTERED, Body::PERSON_CORRECTED,
    Body::CONTRACT_SIGNED,     Body::CONTRACT_AMENDED};
constexpr std::array kReadsAgency = {Body::AGENCY_CASE_OPENED, Body::AGENCY_CASE_PROGRESSED,
                                     Body::PERSON_REGISTERED};
constexpr std::array kReadsBroadcast = {Body::BROADCAST_SENT, Body::PERSON_REGISTERED,
                                        Body::CONSENT_CHANGED, Body::PROGRAMME_OPENED};
constexpr std::array kReadsOrganisation = {Body::ORGANISATION_REGISTERED,
                                           Body::ORGANISATION_CREDENTIAL_RECORDED,
                                           Body::ORGANISATION_STATUS_CHANGED,
                                           Body::CONTRACT_SIGNED,
                                           Body::CONTRACT_AMENDED,
                                           Body::AWARD_DECIDED,
                                           Body::DISBURSEMENT_PAID,
                                           Body::DISBURSEMENT_REVERSED,
                                           Body::SESSION_HELD,
                                           Body::ATTENDANCE_RECORDED,
                                           Body::SERVICE_DELIVERED,
                                           Body::AGENCY_CASE_OPENED,
                                           Body::DUTY_CHECKED_IN};
constexpr std::array kReadsContest = {
    Body::CALL_OPENED,        Body::PROPOSAL_SUBMITTED,  Body::PROPOSAL_SCORED,
    Body::AWARD_DECIDED,      Body::STAFF_ENGAGED,       Body::STAFF_RELEASED,
    Body::MEMBERSHIP_CHANGED, Body::APPOINTMENT_CHANGED, Body::PERSON_REGISTERED,
    Body::PERSON_CORRECTED,   Body::HOUSEHOLD_CHANGED};
constexpr std::array kReadsOverCoverage = {
    Body::SERVICE_DELIVERED, Body::SESSION_HELD,        Body::ATTENDANCE_RECORDED,
    Body::PERSON_REGISTERED, Body::PERSON_CORRECTED,    Body::CONTRACT_SIGNED,
    Body::CONTRACT_AMENDED,  Body::PROGRAMME_OPENED,    Body::FIGURE_REPORTED,
    Body::STAFF_ENGAGED,     Body::MILESTONE_SUBMITTED, Body::AGENCY_CASE_OPENED,
    Body::DELIBERATION_HELD};
constexpr std::array kReadsAmounts = {Body::DISBURSEMENT_PAID, Body::DISBURSEMENT_REVERSED,
                                      Body::INVOICE_RECORDED,  Body::FUNDS_RECEIVED,
                                      Body::AWARD_DECIDED,     Body::CONTRACT_SIGNED,
                                      Body::CONTRACT_AMENDED,  Body::ORGANISATION_REGISTERED};
constexpr std::array kReadsLostDemand = {Body::DEMAND_RAISED,   Body::DEMAND_DIGEST_COMPILED,
                                         Body::ORDER_POSTED,    Body::ORDER_WITHDRAWN,
                                         Body::CONTRACT_SIGNED, Body::CONTRACT_AMENDED};
constexpr std::array kReadsPosts = {Body::ELECTION_HELD, Body::APPOINTMENT_CHANGED,
                                    Body::STAFF_ENGAGED, Body::ORGANISATION_STATUS_CHANGED,
                                    Body::ORGANISATION_REGISTERED};
constexpr std::array kReadsInsuranceCount = {Body::DUTY_CHECKED_IN, Body::INSURANCE_COVERED,
                                             Body::VOLUNTEER_ENROLLED, Body::ORDER_POSTED,
                                             Body::STAFF_ENGAGED};
constexpr std::array kReadsCustody = {Body::CUSTODY_MONEY_MOVED,    Body::AGENCY_CASE_OPENED,
                                      Body::AGENCY_CASE_PROGRESSED, Body::FUNDS_RECEIVED,
                                      Body::DISBURSEMENT_REQUESTED, Body::DISBURSEMENT_PAID};

// --- rows ---------------------------------------------------------------------------------------

constexpr std::array kRows = {
    RuleRow{28, 1, "未经查询接触未成年人", "unvetted with minors",
            "《未成年人保护法》第六十二条：入职时及每年查询违法犯罪记录",
            "Law on the Protection of Minors, article 62: vetting at hire and every year",
            "查询已做而未录入？带领人是否登记有误、由他人代替？当日是否家长陪同的公开活动？",
            "Was the vetting made and not entered? Is the leader recorded wrongly or was replaced? "
            "Was it an open event with parents?",
            kUnvetted, kReadsUnvetted, false, institutions::make_unvetted},
    RuleRow{29, 1, "无保险值守", "uninsured duty",
            "《志愿服务条例》第十七条：有人身风险的服务前购买意外险",
            "Regulations on Voluntary Service, article 17: accident insurance before duty with "
            "physical risk",
            "是否由学校、单位或活动的集体保单覆盖？保单生效日录错？值守是否误标为有风险？",
            "Does a policy of a school, an employer or the event cover it? Is the first day of the "
            "cover wrong? Was the duty marked as risky by mistake?",
            kUninsured, kReadsUninsured, false, institutions::make_uninsured},
    RuleRow{
        30, 1, "抢单作弊", "order game",
        "承办与验收分离（I24）；《政府采购法》第四十一条：验收人签字负责",
        "who performs does not accept (I24); Government Procurement Law, article 41: acceptance "
        "is signed for",
        "退单有无正当原因（考试、疫情）？是否仅此一方有资质？补录是否在同一时刻完成？"
        "点单人是否已电话回访？",
        "Was there a good reason to give up (examinations, an epidemic)? Is only this party "
        "qualified? Were both steps entered afterwards in one go? Was the requester asked by "
        "phone?",
        kOrderGame, kReadsOrderGame, false, institutions::make_order_game},
    RuleRow{
        31, 1, "代办异常", "agency", "代办证件以有效期为限，办结须交到本人；代办对象须登记",
        "a certificate is obtained once for the time it is valid, is handed over, and its client "
        "is registered",
        "是否丢失、损坏补办或信息变更？是否由本人自行领取而未记？登记平板是否仍离线？",
        "Was it a replacement for a lost or damaged one, or a change of data? Did the client "
        "fetch it himself? Is the tablet with the registrations still offline?",
        kAgency, kReadsAgency, true, institutions::make_agency},
    RuleRow{
        32, 1, "群发异常", "broadcast",
        "《个人信息保护法》第十三、十五、十六条：依据同意或法定事由，撤回后不得再用",
        "Personal Information Protection Law, articles 13, 15, 16: on consent or a legal basis, "
        "and not after withdrawal",
        "对象是否包括未登记在本系统的名单（如防汛预警）？是否更正前文而重发？数量单位是否为条而非人"
        "？",
        "Does the audience include a list kept elsewhere (a flood warning)? Was the first text "
        "corrected? Are messages counted in parts?",
        kBroadcast, kReadsBroadcast, false, institutions::make_broadcast},
    RuleRow{
        33, 1, "组织资质异常", "organisation",
        "GB 32100；社会组织评估管理办法（部令39号）等级有效期五年；无代码和账号不得支付（I7）",
        "GB 32100; ratings are valid for five years (order 39 of the ministry); no payment "
        "without code and account (I7)",
        "代码是否抄录有误？两个记录是否同一组织重复登记？注销日期是否录早？等级是否已续评未录入？",
        "Was the code copied wrongly? Are two records one body registered twice? Is the day of "
        "deregistration too early? Was the rating renewed and not entered?",
        kOrganisation, kReadsOrganisation, true, institutions::make_organisation},
    RuleRow{
        34, 1, "评选异常", "contest",
        "《政府采购法》第二十五条不得串通、第七十七条；评审人有利害关系须回避（I6）",
        "Government Procurement Law, articles 25 and 77: no collusion; a scorer with an interest "
        "stands aside (I6)",
        "是否只有一家具备资质并已公示？同一文件是否为统一模板？亲属或任职关系当时是否已结束？"
        "打分依据是否写明？",
        "Was only one body qualified and was that made public? Is the document a common form? "
        "Had the relation ended by then? Are the reasons for the score written down?",
        kContest, kReadsContest, false, institutions::make_contest},
    RuleRow{35, 1, "受益人数超过对象人数", "over-coverage",
            "财预〔2020〕10号：产出与效益以真实受益对象为准；人与人次不得混用",
            "rules on performance evaluation (2020, No. 10): output counts real beneficiaries; "
            "persons are not person-times",
            "是否服务了未登记的流动居民或邻近社区？居住地是否未更新？数字是否应为人次？",
            "Were residents served who are not registered, or neighbours? Is the residence out of "
            "date? Is the figure in person-times?",
            kOverCoverage, kReadsOverCoverage, false, institutions::make_over_coverage},
    RuleRow{36, 1, "金额规律异常", "amount patterns",
            "《审计法》第三十六条；本福特定律仅提示，不作结论",
            "Audit Law, article 36; Benford's law gives a question, no conclusion",
            "是否为定额补贴、租金或统一单价？首位集中是否因票面限额？缴款是否为约定的投标保证金？",
            "Are they fixed subsidies, rent or one unit price? Does a limit of the voucher explain "
            "the digits? Was the deposit an agreed security?",
            kAmounts, kReadsAmounts, false, institutions::make_amounts},
    RuleRow{
        37, 1, "遗漏诉求", "lost demand", "“日收集周汇总月清单”：每项未办结诉求须列入并注明去向",
        "collected daily, gathered weekly, listed monthly: every open demand is listed with what "
        "became of it",
        "是否当场已答复而未记？是否重复点单并入他项？断档是否为节假日或停电停网？",
        "Was it answered on the spot? Was it merged with another? Was the gap a holiday or an "
        "outage?",
        kLostDemand, kReadsLostDemand, true, institutions::make_lost_demand},
    RuleRow{
        38, 1, "席位与任职不符", "posts", "换届席位与任职须一致；“101+215≠344”",
        "seats of an election and posts filled agree; \"101+215 is not 344\"",
        "任职是否在其他系统办理而未录入？席位是否含未设专职的委员？是否补选或候补到任？",
        "Is the appointment kept elsewhere? Do the seats include members without a post of their "
        "own? Did somebody move up?",
        kPosts, kReadsPosts, true, institutions::make_posts},
    RuleRow{
        39, 1, "投保人数不符", "insurance count",
        "《志愿服务条例》第十七条；《慈善法》第六十九条；保费须对应真实志愿者",
        "Regulations on Voluntary Service, article 17; Charity Law, article 69; premiums are for "
        "real volunteers",
        "活动是否取消或推迟？值守是否记在其他系统？是否按应急预备队整体投保？",
        "Was the activity cancelled or put off? Is duty kept elsewhere? Was a reserve insured as "
        "a whole?",
        kInsuranceCount, kReadsInsuranceCount, true, institutions::make_insurance_count},
    RuleRow{40, 1, "代缴款异常", "custody money",
            "代收代缴款与项目资金分开，逐笔结清（I28）；《会计法》第二十五条不相容岗位分离",
            "clients' money is kept apart from the programme's and cleared (I28); Accounting Law, "
            "article 25",
            "是否等待主管部门缴费窗口？找零是否已当面退还未记？票据号是否巧合相同？",
            "Is it waiting for the office to accept it? Was change given back by hand? Are the "
            "numbers equal by chance?",
            kCustody, kReadsCustody, true, institutions::make_custody}};

}  // namespace

std::span<const RuleRow> rules_of_institutions() { return kRows; }

}  // namespace houniao::rules
