// Every limit of the project, with its reason. Sizes in bytes, times in milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace houniao::limits {

// An event is a form that a person filled in; larger things are blobs named by their hash.
inline constexpr std::size_t kEventBytesMax = 60 * 1024;
// One WebSocket message; bounds what a peer can make the other side hold.
inline constexpr std::size_t kFrameBytesMax = 1024 * 1024;
// Events in one push; a tablet with more sends several pushes.
inline constexpr std::size_t kPushEventsMax = 4096;
// Free text in one field, in UTF-8 bytes.
inline constexpr std::size_t kTextBytesMax = 8 * 1024;
inline constexpr std::size_t kListItemsMax = 4096;
inline constexpr std::size_t kCausesMax = 64;
inline constexpr std::size_t kEvidenceMax = 64;
inline constexpr std::size_t kSealedMax = 64;
inline constexpr std::size_t kSealedBytesMax = 4096;
inline constexpr int kNestingMax = 24;

// A push that was acknowledged as durable under load gets its head signature checked at the latest
// after this long; a session that owes for more events than this has each push checked first.
inline constexpr std::int64_t kSignatureOwedMs = 250;
inline constexpr std::size_t kSignatureOwedEventsMax = 4096;
// Signatures that one network thread checks before it takes a push; above this rate they are owed.
inline constexpr std::uint32_t kVerifyFirstPerSecond = 1000;

// One durable commit of the sequencer.
inline constexpr std::size_t kGroupEventsMax = 4096;
inline constexpr std::int64_t kGroupDelayUsMax = 2'000;
// Pushes that may wait for the sequencer before new ones are told to retry.
inline constexpr std::size_t kSequencerQueueEventsMax = 65'536;

inline constexpr std::size_t kSessionsMax = 10'000;
inline constexpr std::size_t kSessionOutputBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kCreditBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kScopesPerDeviceMax = 256;
inline constexpr std::int64_t kHandshakeMsMax = 10'000;
inline constexpr std::int64_t kIdleMsMax = 60'000;
inline constexpr std::int64_t kKeepAliveMs = 20'000;

// Outbox of a client: about a year of one field worker offline.
inline constexpr std::size_t kOutboxEventsMax = 1'000'000;

// I23: a device clock this far ahead of the server (after the measured offset) is an error to
// correct, not a fact to record.
inline constexpr std::int64_t kFutureToleranceMs = 24LL * 3'600'000;
inline constexpr std::int64_t kEnrolmentCodeMs = 72LL * 3'600'000;

inline constexpr std::size_t kHttpBodyBytesMax = 64 * 1024;
// A text of the press that is checked: a long newspaper article is some 30 KiB, and more numbers
// than this are a table.
inline constexpr std::size_t kHeadlineBytesMax = 64 * 1024;
inline constexpr std::size_t kHeadlineNumbersMax = 500;
inline constexpr std::size_t kQuarantineFilesMax = 10'000;

}  // namespace houniao::limits
