// Strong identifiers. Two numbers of different meaning never have the same C++ type, so a call with
// swapped arguments does not compile. All are plain values, free to copy and to use on any thread.
//
// An entity (person, site, contract, session, ...) is named by the event that created it: the
// number of the device and that event's place in the device's chain. Such a name needs no
// coordination and no randomness, never collides, and leads straight back to its origin.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

namespace houniao {

template <class Tag, class Rep = std::uint64_t>
struct Strong {
  Rep value{};

  constexpr Strong() = default;
  constexpr explicit Strong(Rep v) : value(v) {}
  constexpr auto operator<=>(const Strong&) const = default;
  constexpr explicit operator bool() const { return value != Rep{}; }
};

// boost::unordered finds this by argument-dependent lookup; the mixing spreads consecutive ids.
template <class Tag, class Rep>
std::size_t hash_value(Strong<Tag, Rep> id) {
  std::uint64_t x = static_cast<std::uint64_t>(id.value);
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  return static_cast<std::size_t>(x);
}

using Seq = Strong<struct SeqTag>;              // place of a record in the log, from 0
using TreeSize = Strong<struct TreeSizeTag>;    // number of leaves of a Merkle tree
using DeviceSeq = Strong<struct DeviceSeqTag>;  // place of an event in its device's chain, from 1
using DeviceNumber = Strong<struct DeviceNumberTag, std::uint32_t>;  // given at enrolment, from 1
using ScopeId = Strong<struct ScopeTag>;  // unit of replication, see kScope* below

// Name of an event, and of the entity that the event created: device number in the high 32 bits,
// device_seq in the low 32 bits. 0 means "none".
using EventId = Strong<struct EventTag>;
using PersonId = Strong<struct PersonTag>;
using OrganisationId = Strong<struct OrganisationTag>;
using ProgrammeId = Strong<struct ProgrammeTag>;
using SiteId = Strong<struct SiteTag>;
using AssetId = Strong<struct AssetTag>;
using StaffId = Strong<struct StaffTag>;
using SessionId = Strong<struct SessionTag>;
using AgencyCaseId = Strong<struct AgencyCaseTag>;
using AgreementId = Strong<struct AgreementTag>;
using ObligationId = Strong<struct ObligationTag>;
using ContractId = Strong<struct ContractTag>;
using MilestoneId = Strong<struct MilestoneTag>;
using FundId = Strong<struct FundTag>;
using InvoiceId = Strong<struct InvoiceTag>;
using RequestId = Strong<struct RequestTag>;  // a disbursement request
using VolunteerId = Strong<struct VolunteerTag>;
using DemandId = Strong<struct DemandTag>;
using OrderId = Strong<struct OrderTag>;
using ClaimId = Strong<struct ClaimTag>;            // an OrderClaimed
using AssignmentId = Strong<struct AssignmentTag>;  // an OrderAssigned
using CaseId = Strong<struct CaseTag>;              // of case work, not of an agency
using CallId = Strong<struct CallTag>;
using ProposalId = Strong<struct ProposalTag>;
using LeaseId = Strong<struct LeaseTag>;      // a PointsAllowanceLeased
using PaymentId = Strong<struct PaymentTag>;  // a disbursement payment

constexpr EventId event_id(DeviceNumber device, DeviceSeq seq) {
  return EventId{(std::uint64_t{device.value} << 32) | (seq.value & 0xffffffffULL)};
}
constexpr DeviceNumber device_of(EventId id) {
  return DeviceNumber{static_cast<std::uint32_t>(id.value >> 32)};
}
constexpr DeviceSeq device_seq_of(EventId id) { return DeviceSeq{id.value & 0xffffffffULL}; }

// "7-1234": device number, dash, device_seq. The form used in JSON, on the command line and on
// paper.
std::string to_string(EventId id);
// Parses that form; EventId{} (none) when the text is malformed.
EventId parse_event_id(const std::string& text);

template <class To, class Tag>
constexpr To entity_cast(Strong<Tag> id) {
  return To{id.value};
}

// Commons: programme definitions, sites, organisations, devices; every enrolled device sees it.
inline constexpr ScopeId kScopeCommons{0};
// Attestations and other records that only whole-log readers (auditors, mirrors) need.
inline constexpr ScopeId kScopeLog{1};
// First id free for scopes that a programme defines.
inline constexpr ScopeId kScopeFirstFree{16};

// First 16 bytes of SHA-256 over the device's Ed25519 public key: self-certifying.
struct DeviceId {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const DeviceId&) const = default;
};
inline std::size_t hash_value(const DeviceId& id) {
  std::size_t h = 0;
  std::memcpy(&h, id.bytes.data(), sizeof h);
  return h;
}

}  // namespace houniao

template <class Tag, class Rep>
struct std::hash<houniao::Strong<Tag, Rep>> {
  std::size_t operator()(houniao::Strong<Tag, Rep> id) const { return hash_value(id); }
};
template <>
struct std::hash<houniao::DeviceId> {
  std::size_t operator()(const houniao::DeviceId& id) const { return hash_value(id); }
};
