@0x9a054a08cd08c10c;
# Values shared by all families. Money is integer fen (1/100 CNY), durations integer minutes, dates days
# since 1970-01-01 of the civil calendar of Asia/Shanghai. An id is (device number << 32 | device_seq) of the event
# that created the entity; 0 means none. Text is UTF-8 and never carries personal data: that travels in Event.sealed.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

enum Sex {            # GB/T 2261.1
  unknown @0;         # code 0
  male @1;            # code 1
  female @2;          # code 2
  notStated @3;       # code 9
}

enum Source {
  device @0;          # captured by the device at the moment it happened
  typed @1;           # typed in afterwards
  imported @2;        # taken over from an older book
}

struct Interval {
  fromDay @0 :Int32;
  toDay @1 :Int32;    # inclusive; 2147483647 while open
}

struct Evidence {
  sha256 @0 :Data;    # of the blob's bytes
  bytes @1 :UInt64;
  mime @2 :Text;
  capturedAtMs @3 :Int64;
  place @4 :UInt64;   # site id, 0 when unknown
}

struct Sealed {
  # Personal data of one subject, XChaCha20-Poly1305 under the subject's own key. Associated data is
  # the event's device, device_seq and the place of this item in the list, so it cannot be moved.
  subject @0 :UInt64; # person id
  keyId @1 :UInt64;   # id of the subject key, equal to the person id of its first use
  nonce @2 :Data;     # 24 bytes
  ciphertext @3 :Data;
}

struct Quantity {
  unit @0 :Text;      # unit code of the programme pack, such as "hour", "session", "item"
  quantity @1 :Int64;
}

struct FundShare {
  fund @0 :UInt64;
  permille @1 :UInt16;  # shares of one delivery sum to at most 1000
}
