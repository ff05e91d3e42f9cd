// Warnings about codes: a condition on a code that nothing records counts nothing, so that a
// misspelt code refutes a figure without a word. A pack names the codes of its events in its lists;
// the others are written by the families themselves.
#include <algorithm>
#include <array>
#include <set>

#include "replay/pack_text.h"
#include "schema/catalogue.h"

namespace houniao {
namespace {

using pack_reader::Notes;

// Kinds and attrs that apply() writes (the tables at the top of replay/families/*.h), ascending.
constexpr std::array<std::string_view, 144> kWritten = {"accepted",
                                                        "active",
                                                        "admin",
                                                        "admin_entry",
                                                        "adopted",
                                                        "agency_case",
                                                        "answered",
                                                        "approval_ladder",
                                                        "attended",
                                                        "attendee",
                                                        "bank_account",
                                                        "broadcast",
                                                        "budget",
                                                        "caps",
                                                        "carried",
                                                        "case",
                                                        "changed",
                                                        "check_in_out",
                                                        "civil_affairs",
                                                        "claim_withdrawn",
                                                        "clear",
                                                        "closed",
                                                        "concentrated",
                                                        "confirmed",
                                                        "contest",
                                                        "correction",
                                                        "counting",
                                                        "crowdfunding",
                                                        "damaged",
                                                        "day",
                                                        "deceased",
                                                        "declined",
                                                        "deliberation",
                                                        "deregistered",
                                                        "discovered",
                                                        "dispatch",
                                                        "dispatched",
                                                        "dissatisfied",
                                                        "donation",
                                                        "earned",
                                                        "education",
                                                        "enterprise",
                                                        "evaluation",
                                                        "evidence",
                                                        "expiry",
                                                        "explained",
                                                        "face_to_face",
                                                        "failed",
                                                        "false_alarm",
                                                        "female",
                                                        "first",
                                                        "full_time",
                                                        "good",
                                                        "graduated",
                                                        "granted",
                                                        "handed_over",
                                                        "hours",
                                                        "hours_certificate",
                                                        "hours_recorded",
                                                        "in_time",
                                                        "incubating",
                                                        "insurance",
                                                        "invoice",
                                                        "issued",
                                                        "joint",
                                                        "late",
                                                        "leader_counted",
                                                        "leased",
                                                        "letter",
                                                        "linked",
                                                        "lost",
                                                        "lost_contact",
                                                        "lottery",
                                                        "male",
                                                        "matching",
                                                        "merged",
                                                        "month",
                                                        "moved_out",
                                                        "neutral",
                                                        "nfc",
                                                        "none",
                                                        "normal",
                                                        "not_adopted",
                                                        "not_attended",
                                                        "not_clear",
                                                        "online",
                                                        "open",
                                                        "open_call",
                                                        "opened",
                                                        "opinion",
                                                        "order_withdrawn",
                                                        "other",
                                                        "overdue",
                                                        "pack",
                                                        "paid_on",
                                                        "panel",
                                                        "part_time",
                                                        "party",
                                                        "passed",
                                                        "peer",
                                                        "penalty",
                                                        "period_sealed",
                                                        "person_time",
                                                        "phased",
                                                        "phone",
                                                        "points",
                                                        "points_lease",
                                                        "police",
                                                        "provincial_grant",
                                                        "public_fundraising",
                                                        "purchase",
                                                        "qr",
                                                        "rating",
                                                        "read",
                                                        "received",
                                                        "recused",
                                                        "referral",
                                                        "refunded",
                                                        "refused",
                                                        "regular",
                                                        "resident",
                                                        "resolved",
                                                        "returned",
                                                        "satisfied",
                                                        "scored",
                                                        "self",
                                                        "session",
                                                        "sheet",
                                                        "shortage_settled",
                                                        "single",
                                                        "soon",
                                                        "submitted",
                                                        "survey",
                                                        "suspended",
                                                        "tender",
                                                        "transfer",
                                                        "transfer_in",
                                                        "unknown",
                                                        "urgent",
                                                        "uscc_check",
                                                        "visit",
                                                        "volunteer",
                                                        "week",
                                                        "withdrawn"};

class Known {
 public:
  explicit Known(const Pack& pack) {
    for (const PackCodeList& list : pack_code_lists()) {
      for (const CodeName& code : pack.*list.list) codes_.insert(code.code);
    }
    for (const PackFund& fund : pack.funds) {
      codes_.insert(fund.code);
      codes_.insert(fund.purposes.begin(), fund.purposes.end());
    }
    for (const PackContract& contract : pack.contracts) codes_.insert(contract.number);
    for (const PackObligation& obligation : pack.obligations) codes_.insert(obligation.code);
    codes_.insert(pack.code);
    programmes_.insert(pack.code);
    for (const CodeName& programme : pack.programmes) programmes_.insert(programme.code);
  }
  // Codes of regions are numbers.
  bool has(const std::string& code) const {
    return codes_.contains(code) ||
           std::binary_search(kWritten.begin(), kWritten.end(), std::string_view{code}) ||
           code.find_first_not_of("0123456789") == std::string::npos;
  }
  bool has_programme(const std::string& code) const { return programmes_.contains(code); }

 private:
  std::set<std::string, std::less<>> codes_;
  std::set<std::string, std::less<>> programmes_;
};

void check_code(const Known& known, const std::string& pointer, const std::string& code,
                Notes& notes) {
  if (known.has(code)) return;
  notes.warning(pointer, "代码 \"" + code + "\" 不在本包的任何代码表中，系统自身也不写它；可能拼错",
                "the code \"" + code +
                    "\" stands in no list of the pack and no family writes it; is it misspelt?");
}

void check_list(const Known& known, const std::string& pointer,
                const std::vector<std::string>& codes, Notes& notes) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    check_code(known, pointer + "/" + std::to_string(i), codes[i], notes);
  }
}

void check_programmes(const Known& known, const std::string& pointer,
                      const std::vector<std::string>& codes, Notes& notes) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (known.has_programme(codes[i])) continue;
    notes.warning(pointer + "/" + std::to_string(i),
                  "项目 \"" + codes[i] + "\" 既非本包的项目，也不在 \"programmes\" 中；可能拼错",
                  "the programme \"" + codes[i] +
                      "\" is not that of the pack and does not stand in \"programmes\"; is it "
                      "misspelt?");
  }
}

void check_where(const Known& known, const std::string& pointer, const MetricWhere& where,
                 Notes& notes) {
  // The codes of programmes below that of the pack stand in no list.
  const auto opens = static_cast<std::uint16_t>(schema::Event::Body::PROGRAMME_OPENED);
  if (std::find(where.types.begin(), where.types.end(), opens) == where.types.end()) {
    check_list(known, pointer + "/kind", where.kinds, notes);
  }
  check_list(known, pointer + "/notKind", where.not_kinds, notes);
  check_list(known, pointer + "/attr", where.attrs, notes);
  check_list(known, pointer + "/notAttr", where.not_attrs, notes);
  check_programmes(known, pointer + "/programme", where.programmes, notes);
  if (where.last) {
    check_list(known, pointer + "/last/kind", where.last->kinds, notes);
    check_list(known, pointer + "/last/notKind", where.last->not_kinds, notes);
    check_list(known, pointer + "/last/attr", where.last->attrs, notes);
    check_list(known, pointer + "/last/notAttr", where.last->not_attrs, notes);
  }
  for (std::size_t i = 0; i < where.joins.size(); ++i) {
    const std::string join = pointer + "/join/" + std::to_string(i);
    check_list(known, join + "/kind", where.joins[i].kinds, notes);
    check_list(known, join + "/attr", where.joins[i].attrs, notes);
  }
}

void check_obligation(const Known& known, const std::string& pointer,
                      const PackObligation& obligation, Notes& notes) {
  if (!obligation.event_kind.empty() && obligation.event_type != "ProgrammeOpened") {
    check_code(known, pointer + "/eventKind", obligation.event_kind, notes);
  }
  if (!obligation.among) return;
  for_each_where(pointer + "/among", obligation.among->where,
                 [&](const std::string& place, const MetricWhere& where) {
                   check_where(known, place, where, notes);
                 });
}

bool in_list(const std::vector<CodeName>& list, const std::string& code) {
  return std::any_of(list.begin(), list.end(),
                     [&](const CodeName& entry) { return entry.code == code; });
}

}  // namespace

void check_codes(const Pack& pack, Notes& notes) {
  const Known known(pack);
  for_each_metric(pack, [&](const std::string& pointer, const Metric& metric) {
    for_each_where(pointer, metric, [&](const std::string& place, const MetricWhere& where) {
      check_where(known, place, where, notes);
    });
  });
  for (std::size_t i = 0; i < pack.obligations.size(); ++i) {
    check_obligation(known, "/obligations/" + std::to_string(i), pack.obligations[i], notes);
  }
  for (std::size_t i = 0; i < pack.contracts.size(); ++i) {
    const std::string lines = "/contracts/" + std::to_string(i) + "/deliverables/";
    for (std::size_t d = 0; d < pack.contracts[i].deliverables.size(); ++d) {
      check_code(known, lines + std::to_string(d) + "/kind", pack.contracts[i].deliverables[d].kind,
                 notes);
    }
  }
  for (std::size_t i = 0; i < pack.sites.size(); ++i) {
    if (in_list(pack.site_categories, pack.sites[i].category)) continue;
    notes.warning(
        "/sites/" + std::to_string(i) + "/category",
        "类别 \"" + pack.sites[i].category + "\" 不在 \"siteCategories\" 中",
        "the category \"" + pack.sites[i].category + "\" does not stand in \"siteCategories\"");
  }
  for (std::size_t i = 0; i < pack.figures.size(); ++i) {
    const PackFigure& figure = pack.figures[i];
    const bool vague = figure.comparator == Comparator::above ||
                       figure.comparator == Comparator::near ||
                       figure.comparator == Comparator::about;
    if (!vague || !figure.word.empty()) continue;
    notes.warning("/figures/" + std::to_string(i),
                  "比较符来自一个词（多、余、近、约……），请写在 \"word\" 中",
                  "the comparator comes from a word (多, 余, 近, 约, ...): say which in \"word\"");
  }
}

}  // namespace houniao
