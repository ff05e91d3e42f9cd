@0xaa465430704c68c0;
# Frames of the synchronisation protocol, WebSocket subprotocol houniao.v1: one message each, at most 1 MiB.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

struct Frame {
  union {
    hello @0 :Hello;
    challenge @1 :Challenge;
    proof @2 :Proof;
    welcome @3 :Welcome;
    push @4 :Push;
    pushed @5 :Pushed;
    credit @6 :Credit;
    records @7 :Records;
    retry @8 :Retry;
    error @9 :Error;
    keyDeposit @10 :KeyDeposit;
    keyRequest @11 :KeyRequest;
    keys @12 :Keys;
    ping @13 :Ping;
    pong @14 :Ping;
  }
}

struct Hello {
  protocol @0 :UInt16;          # 1
  publicKey @1 :Data;           # Ed25519, 32 bytes
  enrolmentCode @2 :Text;       # empty once enrolled
  cursors @3 :List(ScopeCursor);
  wholeLogCursor @4 :UInt64;    # next seq wanted by a whole-log device
  checkpointSize @5 :UInt64;    # the last checkpoint verified, 0 for none
  checkpointRoot @6 :Data;
  userAgent @7 :Text;
}

struct ScopeCursor {
  scope @0 :UInt64;
  nextSeq @1 :UInt64;           # first seq not yet held
  count @2 :UInt64;             # records held of this scope
  head @3 :Data;                # leaf hash of the last one
}

struct Challenge {
  nonce @0 :Data;
  serverTimeUs @1 :Int64;
  logKey @2 :Text;              # signed-note verifier key in force
  logKeyChanges @3 :List(import "system.capnp".LogKeyChanged);  # as the log has them, oldest first
}
struct Proof { signature @0 :Data; clientTimeUs @1 :Int64; }

struct Welcome {
  deviceNumber @0 :UInt32;
  holder @1 :UInt64;
  scopes @2 :List(UInt64);
  roles @3 :List(import "system.capnp".Role);
  wholeLog @4 :Bool;
  serverTimeUs @5 :Int64;
  knownDeviceSeq @6 :UInt64;    # what the server has of this device's chain
  knownHeadHash @7 :Data;
  checkpoint @8 :Text;          # signed note
  consistency @9 :List(Data);   # from the device's checkpoint to this one
  blindKeySealed @10 :Data;     # the blind-index key, sealed to the device
  serverKey @11 :Data;          # Ed25519 key to which subject keys are sealed
  outcome @12 :UInt16;          # 0
  attestedDeviceSeq @13 :UInt64;  # of these, signed for through here; a device that owes a signature gives it now
}

struct Push {
  id @0 :UInt64;                # chosen by the client, echoed in the answer
  firstDeviceSeq @1 :UInt64;
  count @2 :UInt32;             # 0: no event, a signature that is owed for the chain before firstDeviceSeq
  events @3 :Data;              # that many event messages, one after the other
  signature @4 :Data;           # over the chain head, see docs/PROTOCOL.md
  witnessedSize @5 :UInt64;
  witnessedRoot @6 :Data;
  witnessedNoteSignature @7 :Data;
}

struct Pushed {
  id @0 :UInt64;
  throughDeviceSeq @1 :UInt64;  # durable through here
  firstSeq @2 :UInt64;          # log places of the events that this push added; count may be 0 for a repeat
  count @3 :UInt32;
  checkpoint @4 :Text;          # signed note that covers them
  consistency @5 :List(Data);   # from the checkpoint last sent on this session
  errorCode @6 :UInt16;         # 0, or the code that refused the push
  errorDetail @7 :Text;
}

struct Credit { bytes @0 :UInt64; }

struct ScopeHead { scope @0 :UInt64; count @1 :UInt64; head @2 :Data; }

struct Records {
  fromSeq @0 :UInt64;           # this frame answers for every seq in [fromSeq, nextSeq)
  nextSeq @1 :UInt64;
  count @2 :UInt32;
  compression @3 :Compression;
  enum Compression { none @0; zstd @1; }
  records @4 :Data;             # record messages, one after the other
  scopeHeads @5 :List(ScopeHead);  # at nextSeq, for the scopes of this subscription
  checkpoint @6 :Text;          # signed note of a tree of at least nextSeq leaves, when it changed
  consistency @7 :List(Data);   # from the checkpoint last sent on this session
  backfillScope @8 :UInt64;     # not 0: these are old records of a scope granted later
  rawBytes @9 :UInt32;          # size of records before compression
}

struct Retry { afterMs @0 :UInt32; reason @1 :UInt16; detail @2 :Text; pushId @3 :UInt64; }
struct Error { code @0 :UInt16; detail @1 :Text; whatToDoZh @2 :Text; whatToDoEn @3 :Text; fatal @4 :Bool; pushId @5 :UInt64; }

# sealedKeys: the keys, 32 bytes each, of all items in their order (in Keys: of those not denied), sealed as one; then no item
# has a sealedKey of its own. Sealing is the cost of a key, so 256 together cost little more than one.
struct KeyDeposit {
  items @0 :List(Item);
  struct Item { subject @0 :UInt64; keyId @1 :UInt64; sealedKey @2 :Data; }
  sealedKeys @1 :Data;
}
struct KeyRequest {
  subjects @0 :List(UInt64);
  together @1 :Bool;            # the device reads Keys.sealedKeys
}
struct Keys {
  items @0 :List(Item);
  struct Item { subject @0 :UInt64; keyId @1 :UInt64; sealedKey @2 :Data; denied @3 :Bool; }
  sealedKeys @1 :Data;
}
# A pong repeats stampUs. From a server it also carries its clock, and sentThrough: every record below that
# seq which this subscription may see was sent before the pong, back-fills included; logSize is the log's size then.
struct Ping { stampUs @0 :Int64; serverTimeUs @1 :Int64; sentThrough @2 :UInt64; logSize @3 :UInt64; }
