#include "tools/houniao/trace_out.h"

#include <algorithm>
#include <vector>

#include "replay/figures.h"
#include "tools/houniao/sandbox_report.h"

namespace houniao {
namespace {

std::string yuan(Fen amount) { return yuan_of(amount) + " 元"; }

std::string describe(const TraceNode& node) {
  std::string out(name_zh(node.kind));
  if (node.id != 0) out += " " + to_string(EventId{node.id});
  if (!node.label.empty()) out += " " + node.label;
  if (node.day.value != 0) out += "，" + to_string(node.day);
  if (node.quantity != 0) out += "，数量 " + with_commas(node.quantity);
  if (node.amount.value != 0) out += "，" + yuan(node.amount);
  if (!node.status.empty() && node.status != "accepted") out += "（" + node.status + "）";
  if (!node.status.empty()) out += "  #" + std::to_string(node.seq);
  return out;
}

struct Branch {
  std::uint32_t node;
  std::uint16_t permille;
};

class Tree {
 public:
  Tree(const Trace& trace, bool down) : trace_(trace), children_(trace.nodes.size()) {
    for (const TraceEdge& edge : trace.edges) {
      const std::uint32_t parent = down ? edge.from : edge.to;
      children_[parent].push_back({down ? edge.to : edge.from, edge.permille});
    }
    for (auto& list : children_) {
      std::sort(list.begin(), list.end(),
                [](const Branch& a, const Branch& b) { return a.node < b.node; });
      list.erase(std::unique(list.begin(), list.end(),
                             [](const Branch& a, const Branch& b) { return a.node == b.node; }),
                 list.end());
    }
    shown_.assign(trace.nodes.size(), false);
    shown_[trace.root] = true;
  }

  std::string text() {
    unfold(trace_.root, "");
    return std::move(out_);
  }

 private:
  void unfold(std::uint32_t node, const std::string& indent) {
    const std::vector<Branch>& list = children_[node];
    for (std::size_t i = 0; i < list.size(); ++i) {
      const bool last = i + 1 == list.size();
      const Branch& branch = list[i];
      out_ += indent + (last ? "└─ " : "├─ ") + describe(trace_.nodes[branch.node]);
      if (branch.permille != 1000) out_ += "  [" + std::to_string(branch.permille) + "‰]";
      const bool again = shown_[branch.node];
      const bool folds = !children_[branch.node].empty();
      if (again && folds) out_ += "  ↑ 见上 / see above";
      out_ += "\n";
      if (again) continue;
      shown_[branch.node] = true;
      unfold(branch.node, indent + (last ? "   " : "│  "));
    }
  }

  const Trace& trace_;
  std::vector<std::vector<Branch>> children_;
  std::vector<bool> shown_;
  std::string out_;
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string_view colour_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::fund:
    case TraceKind::receipt:
    case TraceKind::allocation:
    case TraceKind::payment:
    case TraceKind::reversal:
    case TraceKind::request:
    case TraceKind::approval:
    case TraceKind::invoice:
      return "#fff3cd";
    case TraceKind::contract:
    case TraceKind::deliverable:
    case TraceKind::milestone:
    case TraceKind::acceptance:
    case TraceKind::call:
    case TraceKind::award:
      return "#d6e9ff";
    case TraceKind::unit:
    case TraceKind::attendance:
    case TraceKind::hours:
    case TraceKind::certificate:
      return "#d9f2d9";
    default:
      return "#eeeeee";
  }
}

}  // namespace

std::string trace_text(const Trace& trace) {
  std::string out = describe(trace.nodes[trace.root]) + "\n";
  const std::string above = Tree(trace, false).text();
  const std::string below = Tree(trace, true).text();
  if (!above.empty()) out += "\n来源 / where it comes from\n" + above;
  if (!below.empty()) out += "\n去向 / what comes of it\n" + below;
  const TraceTotals& totals = trace.totals;
  out += "\n合计 / totals: 到账 received " + yuan(totals.received) + "，分配 allocated " +
         yuan(totals.allocated) + "，批准 approved " + yuan(totals.approved) + "，验收 accepted " +
         yuan(totals.accepted) + "，支付 paid " + yuan(totals.paid) + "（" +
         with_commas(static_cast<std::int64_t>(totals.payments)) + " 笔），冲销 reversed " +
         yuan(totals.reversed) + "，交付单元 units " +
         with_commas(static_cast<std::int64_t>(totals.units)) + "\n";
  if (totals.units_withheld > 0) {
    out += "其中 " + with_commas(static_cast<std::int64_t>(totals.units_withheld)) +
           " 项属个案，不列出 / of these units so many are case work and not named\n";
  }
  if (trace.left_out > 0) {
    out += "另有 " + with_commas(static_cast<std::int64_t>(trace.left_out)) +
           " 项未列出，可用 --nodes 放宽 / further nodes are not shown; raise --nodes\n";
  }
  for (const PaymentId payment : trace.unexplained) {
    out += "日志未说明支付 " + to_string(EventId{payment.value}) +
           " 对应的交付 / the log does not say what this payment paid for\n";
  }
  return out;
}

std::string trace_dot(const Trace& trace) {
  std::string out =
      "digraph trace {\n  rankdir=LR;\n"
      "  node [shape=box, style=\"filled,rounded\", fontname=\"Noto Sans CJK SC\", fontsize=10];\n";
  for (std::size_t i = 0; i < trace.nodes.size(); ++i) {
    out += "  n" + std::to_string(i) + " [label=\"" + escaped(describe(trace.nodes[i])) +
           "\", fillcolor=\"" + std::string(colour_of(trace.nodes[i].kind)) + "\"" +
           (i == trace.root ? ", penwidth=3" : "") + "];\n";
  }
  for (const TraceEdge& edge : trace.edges) {
    out += "  n" + std::to_string(edge.from) + " -> n" + std::to_string(edge.to);
    if (edge.permille != 1000) out += " [label=\"" + std::to_string(edge.permille) + "‰\"]";
    out += ";\n";
  }
  return out + "}\n";
}

}  // namespace houniao
