@0x8f5328e2ef22bb10;
# What the server writes: one record per event or attestation. The record's stored bytes (one Cap'n Proto message,
# segment table included) are the Merkle leaf.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

enum Verdict {
  accepted @0;
  flagged @1;
  held @2;
}

struct Record {
  seq @0 :UInt64;
  receivedAtUs @1 :Int64;       # server wall clock, microseconds since 1970
  scope @2 :UInt64;
  scopeCount @3 :UInt64;        # records of this scope before this one
  scopePrev @4 :Data;           # leaf hash of the scope's previous record; empty when scopeCount is 0
  verdict @5 :Verdict;
  reasons @6 :List(UInt16);     # reason codes, ascending
  union {
    event @7 :Data;             # the device's exact bytes
    attestation @8 :Attestation;
  }
}

struct Attestation {
  # The device vouches for its chain through deviceSeq, and for the checkpoint it last verified.
  device @0 :Data;              # 16 bytes
  throughDeviceSeq @1 :UInt64;
  headHash @2 :Data;            # SHA-256 of the event at throughDeviceSeq
  signature @3 :Data;           # Ed25519 over the text of docs/PROTOCOL.md
  witnessedSize @4 :UInt64;     # 0 when the device has seen no checkpoint
  witnessedRoot @5 :Data;
  witnessedNoteSignature @6 :Data;  # the log's signature on that checkpoint
}
