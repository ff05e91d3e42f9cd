// Family funds: where money comes from, what it may be used for, and every movement of it. Part of
// State; written by the one thread that folds the log.
//
// Balances are in the ledger (replay/ledger.h), restrictions, requests and the separation of duties
// here. Which of two requests gets the last of the money depends on the order of arrival on
// purpose. Rows of the fact table: kind is the fund's code, attr the fund's kind ("purchase"),
// group the fund, amount the amount; subject is the payer (FundsReceived), the contract or
// programme (BudgetAllocated), the payee (requests, approvals, payments, reversals).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/ledger.h"
#include "replay/symbols.h"

namespace houniao {

struct Fund {
  FundId id;
  Symbol code;
  std::string name;
  OrganisationId owner;
  std::uint16_t kind = 0;                      // schema::FundSourceEstablished::Kind
  std::vector<Symbol> allowed_purposes;        // empty: any
  std::vector<std::uint32_t> allowed_regions;  // GB/T 2260 prefixes; empty: any
  Day from;
  Day to;

  bool allows_purpose(Symbol purpose) const;
  // Whether a GB/T 2260 code lies in one of the allowed regions: codes end in zeros at the levels
  // they do not name, so 440000 contains 440402.
  bool allows_region(std::uint32_t region) const;
  bool allows_day(Day day) const { return from <= day && day <= to; }
  template <class Archive>
  void fields(Archive& a) {
    a(id, code, name, owner, kind, allowed_purposes, allowed_regions, from, to);
  }
};
std::string_view name_of_fund_kind(std::uint16_t kind);  // "provincial_grant"

struct Approval {
  EventId event;
  std::uint8_t level = 0;
  std::uint64_t approver = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, level, approver);
  }
};

struct Request {
  RequestId id;
  FundId fund;
  ContractId contract;
  MilestoneId milestone;
  OrganisationId payee;
  Fen amount;
  Symbol purpose;
  InvoiceId invoice;
  std::uint32_t region = 0;
  bool advance = false;
  std::uint64_t requester = 0;
  Day day;
  std::uint8_t levels_needed = 1;  // by the approval ladder in force on the day of the request
  // What a request says it pays for: the causes of its envelope, ascending, each once. A request on
  // a milestone pays for the milestone's units as well.
  std::vector<EventId> pays_for;
  std::vector<Approval> approvals;  // by level
  EventId refused;                  // the refusal, none while there is none
  Fen paid;
  Fen reversed;

  bool is_approved() const { return !refused && approvals.size() >= levels_needed; }
  Fen net_paid() const { return Fen{paid.value - reversed.value}; }
  Fen open() const { return Fen{amount.value - net_paid().value}; }  // approved and not paid
  template <class Archive>
  void fields(Archive& a) {
    a(id, fund, contract, milestone, payee, amount.value, purpose, invoice, region, advance,
      requester, day, levels_needed, pays_for, approvals, refused, paid.value, reversed.value);
  }
};

struct Payment {
  PaymentId id;
  RequestId request;
  Fen amount;
  Fen reversed;
  std::vector<EventId> reversals;  // ascending
  std::uint64_t payer = 0;
  Day value_day;

  template <class Archive>
  void fields(Archive& a) {
    a(id, request, amount.value, reversed.value, reversals, payer, value_day);
  }
};

struct Invoice {
  InvoiceId id;
  std::string issuer_uscc;
  std::string number;
  Fen amount;
  Day day;

  template <class Archive>
  void fields(Archive& a) {
    a(id, issuer_uscc, number, amount.value, day);
  }
};

struct FundsState {
  boost::unordered_flat_map<FundId, Fund> funds;
  boost::unordered_flat_map<RequestId, Request> requests;
  boost::unordered_flat_map<PaymentId, Payment> payments;
  boost::unordered_flat_map<InvoiceId, Invoice> invoices;
  // (issuer, number) -> invoices of that name, ascending; the first is the invoice
  boost::unordered_flat_map<std::pair<std::string, std::string>, std::vector<InvoiceId>> by_number;
  // requests in force that rest on an invoice and were not refused
  boost::unordered_flat_map<InvoiceId, std::vector<RequestId>> invoice_uses;

  const Fund* find(FundId id) const {
    auto at = funds.find(id);
    return at == funds.end() ? nullptr : &at->second;
  }
  const Request* find_request(RequestId id) const {
    auto at = requests.find(id);
    return at == requests.end() ? nullptr : &at->second;
  }
  const Payment* find_payment(PaymentId id) const {
    auto at = payments.find(id);
    return at == payments.end() ? nullptr : &at->second;
  }

  template <class Archive>
  void fields(Archive& a) {
    a(funds, requests, payments, invoices, by_number, invoice_uses);
  }
};

// I3 for one fund: received >= allocated >= approved >= paid - reversed >= 0.
bool keeps_i3(const FundTotals& totals);

}  // namespace houniao
