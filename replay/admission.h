// The two steps of the fold: judge an event against the log before it, then let it take effect.
// Both are pure: the same state and bytes give the same result on every machine, which is what lets
// anybody recompute every verdict.
//
// Re-evaluation. An event that names something not received yet is an orphan. An orphaned fact
// counts at once (its rows of the fact table) and takes its full effect when the rest arrives; an
// orphaned claim or decision is held until then. Its bytes are parked in State under what it waits
// for, and apply() of whatever arrives later judges the waiting events again, in order of event id,
// and those that waited for them in turn. A correction or a retraction that comes before its target
// waits in the same way. Any other held event stays held until HeldEventDecided: a release judges
// it again with its reasons waived, except reasons of severity firm, which only go away by
// themselves.
//
// The event must have been checked by EventReader::open_untrusted() once; State is written by the
// one thread that folds.
#pragma once

#include "base/ids.h"
#include "replay/state.h"
#include "replay/verdict.h"
#include "schema/codec.h"

namespace houniao {

// Largest device_seq and device number that an event id can hold.
inline constexpr std::uint64_t kDeviceSeqMax = 0xffffffff;
inline constexpr std::uint32_t kDeviceNumberMax = 0xfffffffe;

// The id of the event; none when its device is not enrolled (and the event is not the one by which
// the server's device enrols itself), or its device_seq is out of range.
EventId event_id_of(const State& state, const EventReader& event);

// Recorded, as the device's clock and its measured offset say, longer after `received` than
// limits::kFutureToleranceMs allows: the clock is wrong.
bool recorded_ahead(schema::Event::Reader event, WallTime received);

// The verdict and its reasons. An event of an unknown device is held as unknown_device: such bytes
// never get into a log, because the server refuses them at the door.
Judgement admit(const State& state, const EventReader& event, const Received& received);

// Folds the event with the judgement in its record, which need not be the one admit() would find: a
// replica that holds only some scopes trusts the record. An event that is already in the state, or
// whose device is unknown, has no effect (I2).
void apply(State& state, const EventReader& event, const Received& received,
           const Judgement& judgement);
// The same for a caller that has asked for the id already; not for an event of an unknown device.
void apply(State& state, EventId id, const EventReader& event, const Received& received,
           const Judgement& judgement);

// For the family audit. Judge a held event again / take an event out of the count / project the
// rows of an event again with its corrections.
void release_held(State& state, EventId target);
void refuse_held(State& state, EventId target);
void retract(State& state, EventId target);
void project_corrections(State& state, EventId target);
// For families whose events make something known that is not an entity (a scope).
void wake(State& state, std::uint64_t key);

}  // namespace houniao
