#include "tools/audit/witnesses.h"

#include <algorithm>

#include "tools/audit/in_quotes.h"

namespace houniao::audit {

bool Witnesses::compare(const Witnessed& witnessed) {
  const WitnessedCheckpoint& seen = witnessed.checkpoint;
  const std::string where = record_text(witnessed.seq) + ", " +
                            device_text(witnessed.device, witnessed.number) + " event " +
                            std::to_string(witnessed.through.value) +
                            ", witnessed checkpoint of size " + std::to_string(seen.size.value);
  if (!findings_.expect(seen.size.value <= witnessed.seq.value, Check::witnesses, where,
                        "it covers records that came later")) {
    return true;
  }
  findings_.expect(keys_.verify({keys_.origin(), seen.size, seen.root}, seen.note_signature),
                   Check::witnesses, where, "it was not signed by the log");
  const std::optional<Hash> in_log = log_.root_of(seen.size);
  if (log_.part && !in_log) return false;
  findings_.checked(Check::witnesses);
  if (in_log == seen.root) return true;
  findings_.failed(Check::witnesses, where,
                   "history was rewritten: the device saw another root, " +
                       to_hex(seen.root.view()) + ", where the log has " +
                       (in_log ? to_hex(in_log->view()) : std::string("none")));
  if (report_.contradiction) return true;
  report_.contradiction = Contradiction{witnessed.number,
                                        witnessed.device,
                                        witnessed.through,
                                        witnessed.seq,
                                        seen.size,
                                        seen.root,
                                        in_log};
  return true;
}

void Witnesses::compare_kept(const std::string& what, const std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < notes.size(); ++i) {
    compare_one_kept(what + " " + std::to_string(i + 1), notes[i]);
  }
}

void Witnesses::compare_cosigned(const Options& options) {
  std::vector<Cosigner> known = options.witnesses;
  for (const Cosigner& asked : options.asked_witnesses) {
    if (std::find(known.begin(), known.end(), asked) == known.end()) known.push_back(asked);
  }
  for (const CosignedNote& kept : options.cosigned) {
    const std::string where = "cosigned checkpoint " + kept.name;
    compare_one_kept(where, kept.note);
    check_cosignatures(where, kept.note, known);
  }
}

// A server keeps a line only when it holds, so one that does not was altered or made up.
void Witnesses::check_cosignatures(const std::string& where, const std::string& note,
                                   const std::vector<Cosigner>& witnesses) {
  const auto parts = split_note(note);
  if (!parts) return;
  for (const Cosigner& witness : witnesses) {
    const auto hash = cosigner_key_hash(witness.name, witness.key);
    const bool named = std::any_of(parts->signatures.begin(), parts->signatures.end(),
                                   [&](const NoteSignature& line) {
                                     return line.name == witness.name && line.key_hash == hash;
                                   });
    if (!named) continue;
    findings_.checked(Check::witnesses);
    if (verify_cosignature(note, witness)) continue;
    findings_.failed(Check::witnesses, where,
                     "the cosignature that stands under the name of the witness " + witness.name +
                         " is not that witness's: it or the checkpoint was altered, or somebody "
                         "made it up");
  }
}

void Witnesses::compare_one_kept(const std::string& where, const std::string& note) {
  findings_.checked(Check::witnesses);
  const auto opened = keys_.open(note);
  if (!opened) return name_why_not(where, note, opened.error());
  const Checkpoint& kept = opened->checkpoint;
  if (kept.size > log_.size) {
    return findings_.failed(Check::witnesses, where,
                            "records are missing: it covers " + std::to_string(kept.size.value) +
                                ", the log holds " + std::to_string(log_.size.value));
  }
  const std::optional<Hash> root = log_.root_of(kept.size);
  if (log_.part && !root) {
    findings_.failed(Check::witnesses, where,
                     "it cannot be compared: its size " + std::to_string(kept.size.value) +
                         " lies inside of what this part leaves out; ask for a part that begins "
                         "at record " +
                         std::to_string(kept.size.value) + ", or for the whole log");
  } else if (root != kept.root) {
    findings_.failed(Check::witnesses, where, "history was rewritten: it has another root");
  }
}

// The key in force did not sign it. Where the log is forked at a change of its key, the first
// checkpoint of the other side is signed by the key before as well, which both sides have.
void Witnesses::name_why_not(const std::string& where, const std::string& note,
                             const Error& error) {
  for (const LogKeys::Key& known : keys_.all()) {
    const std::string key = verifier_key(keys_.origin(), known.key);
    const auto kept = open_checkpoint(note, key);
    if (!kept) continue;
    const std::string size = std::to_string(kept->size.value);
    const std::string signed_by = "it is signed by " + key + ", a key that the log knows, ";
    const std::string in_force = keys_.verifier_key_at(kept->size);
    const std::optional<Hash> root =
        kept->size <= log_.size ? log_.root_of(kept->size) : std::nullopt;
    if (root == kept->root) {
      return findings_.failed(Check::witnesses, where,
                              signed_by + "and has the log's root at size " + size +
                                  ", but there the log's key is " + in_force +
                                  ": a key signs nothing outside of its stretch");
    }
    if (!root && log_.part && kept->size <= log_.size) {
      return findings_.failed(Check::witnesses, where,
                              signed_by + "but not by the log's key at size " + size + ", " +
                                  in_force + "; its root lies inside of what this part leaves out");
    }
    return findings_.failed(
        Check::witnesses, where,
        "history was rewritten: " + signed_by + "and contradicts the log at size " + size + ": " +
            (root ? "it has another root, " + to_hex(kept->root.view()) + ", where the log has " +
                        to_hex(root->view())
                  : "the log holds " + std::to_string(log_.size.value) + " records") +
            ". There the log's key is " + in_force +
            ": two histories go on from one change of the key, or somebody else has the first key; "
            "keep both");
  }
  const auto parts = split_note(note);
  const auto stated =
      parts ? parse_checkpoint_body(parts->text) : Result<Checkpoint>(parts.error());
  if (stated && stated->origin != keys_.origin()) {
    return findings_.failed(Check::witnesses, where,
                            "it is of another log, " + in_quotes(stated->origin) + ", not of " +
                                keys_.origin() + "; who put it there?");
  }
  findings_.failed(Check::witnesses, where,
                   error.detail +
                       "; none of the log's keys signed it: it is of another log, it was "
                       "altered, or it follows on another change of the log's key than "
                       "this log has");
}

bool Witnesses::covers_log(const std::string& note) const {
  const auto opened = keys_.open(note);
  return opened && opened->checkpoint.size == log_.size &&
         log_.root_of(log_.size) == opened->checkpoint.root;
}

void Witnesses::expect_cosigned(const Options& options, const std::string& newest) {
  std::vector<const std::string*> notes{&newest};
  for (const CosignedNote& kept : options.cosigned) notes.push_back(&kept.note);
  std::erase_if(notes, [this](const std::string* note) { return !covers_log(*note); });
  for (const Cosigner& witness : options.witnesses) {
    const bool cosigned = std::any_of(notes.begin(), notes.end(), [&](const std::string* note) {
      return verify_cosignature(*note, witness).has_value();
    });
    findings_.expect(cosigned, Check::witnesses, "witness " + witness.name,
                     "it did not cosign the newest checkpoint");
  }
}

void Witnesses::report_keys(const VerifierKey& trusted) {
  report_.newest_key = keys_.newest_verifier_key();
  report_.newest_key_from = keys_.all().back().from;
  report_.trusts_newest_key = trusted.key == keys_.newest();
  for (const LogKeys::Key& each : keys_.all()) {
    report_.keys.push_back(verifier_key(keys_.origin(), each.key));
  }
}

}  // namespace houniao::audit
