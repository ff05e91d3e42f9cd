#include "tests/sim/world.h"

#include <algorithm>

#include "replay/digest.h"
#include "replay/state.h"
#include "schema/frames.h"

namespace houniao::sim {
namespace {

constexpr std::int64_t kActUs = seconds(40);          // people record, things break
constexpr std::int64_t kHealingUsMax = seconds(300);  // the bound of liveness
constexpr std::size_t kAdmin = 4;
constexpr std::size_t kSpare = 5;
constexpr std::int64_t kHour = seconds(3600);

std::string text_of(ConnectionId id) { return std::to_string(id.value); }

// The group as a server would commit it that gives its first event a second place.
CommittedGroup with_first_record_again(const CommittedGroup& group) {
  CommittedGroup out = group;
  RecordReader record;
  HOUNIAO_ASSERT(record.open(group.record(0)).has_value());
  RecordHeader header;
  header.seq = Seq{group.base.value + group.count()};
  header.received_at = WallTime{record.get().getReceivedAtUs()};
  header.scope = record.scope();
  out.offsets.push_back(static_cast<std::uint32_t>(out.records.size()));
  out.scopes.push_back(header.scope);
  append_event_record(out.records, header, record.event_bytes());
  return out;
}

bool starts_with_event(const CommittedGroup& group) {
  RecordReader record;
  return group.count() != 0 && record.open(group.record(0)) && record.is_event();
}

bool is_owed_signature(ByteView frame) {
  FrameReader reader;
  return reader.open(frame) && reader.get().isPush() && reader.get().getPush().getCount() == 0;
}

class World {
 public:
  explicit World(const RunOptions& options);
  RunReport run();

 private:
  using RoleList = std::vector<std::uint16_t>;
  std::int64_t some_us(std::int64_t max) {
    return static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(max)));
  }
  bool chance(unsigned one_in) { return prng_.below(one_in) == 0; }

  void add_tablet(Part part);
  void enrol(Tablet& tablet, RoleList roles, std::vector<ScopeId> scopes);
  void tick(std::size_t tablet);
  void people(std::size_t tablet);
  void record(Tablet& tablet);
  void restart(Tablet& tablet);
  void lose_spare();
  void administer(std::size_t admin);
  void change_scope(Tablet& admin, Tablet& field, ScopeId scope, bool grant);
  void plan_faults();
  void plan_plant();
  void fault();
  void fault_at_server();
  void fault_at_tablet(Tablet& tablet);
  void crash_server();
  void crash_tablet(Tablet& tablet);
  void on_frame(ConnectionId id, Side to, Bytes frame);
  void on_closed(ConnectionId id, Side at);
  void observe(Tablet& tablet, ByteView frame);
  Bytes forged(ByteView frame);
  void heal();
  bool at_rest();
  void check_rest();
  void check_limits();

  const Plant plant_;
  Scheduler scheduler_;
  tests::Prng prng_;
  Trace trace_;
  Network network_;
  std::unique_ptr<Checkers> checkers_;
  std::unique_ptr<ServerNode> server_;
  std::vector<std::unique_ptr<Tablet>> tablets_;
  Workload workload_;
  bool recording_ = true;
  bool planted_ = false;
  bool unreachable_ = false;
  bool spare_lost_ = false;
  std::uint64_t crashes_ = 0;
  std::uint64_t events_ = 0;
};

World::World(const RunOptions& options)
    : plant_(options.plant),
      prng_(options.seed),
      trace_(scheduler_, options.trace),
      network_(
          scheduler_, prng_,
          [this](ConnectionId id, Side to, Bytes frame) { on_frame(id, to, std::move(frame)); },
          [this](ConnectionId id, Side at) { on_closed(id, at); }),
      workload_(prng_.next()) {
  ServerNode::Hooks hooks;
  hooks.on_commit = [this](const CommittedGroup& group) {
    const bool now = !planted_ && events_ > 20 && starts_with_event(group);
    if (now && plant_ == Plant::stored_twice) {
      checkers_->committed(with_first_record_again(group), false);
    } else {
      checkers_->committed(group, now && plant_ == Plant::wrong_verdict);
    }
    planted_ |= now;
    trace_.line("commit " + std::to_string(group.count()));
  };
  hooks.on_open = [this] {
    trace_.line("server up, " + std::to_string(server_->log().head().size.value) + " records");
    checkers_->log_opened(server_->log());
  };
  hooks.on_refused_start = [this](const Error& error) {
    checkers_->violated("server_refused_start", error.message());
  };
  server_ = std::make_unique<ServerNode>(scheduler_, network_, prng_, std::move(hooks));
  if (plant_ == Plant::lost_signatures) server_->never_settle();
  checkers_ = std::make_unique<Checkers>(server_->log_vkey());
}

// --- who is there
// -----------------------------------------------------------------------------------

void World::add_tablet(Part part) {
  const std::size_t number = tablets_.size();
  Tablet::Hooks hooks;
  hooks.connect = [this](std::size_t tablet) -> std::optional<ConnectionId> {
    if (!server_->up() || unreachable_) return std::nullopt;
    const ConnectionId id = network_.open(tablet);
    HOUNIAO_ASSERT(server_->accept(id));
    trace_.line("connect " + text_of(id) + " tablet " + std::to_string(tablet));
    return id;
  };
  hooks.on_recorded = [this](std::size_t tablet, DeviceSeq first, const std::vector<Hash>& hashes) {
    events_ += hashes.size();
    checkers_->recorded(tablets_[tablet]->device(), first, hashes);
    trace_.line("record tablet " + std::to_string(tablet) + " " + std::to_string(hashes.size()));
  };
  hooks.on_broken = [this](std::size_t tablet, const Error& error) {
    checkers_->violated("record_lost_on_device",
                        "tablet " + std::to_string(tablet) + " does not start: " + error.message());
  };
  tablets_.push_back(
      std::make_unique<Tablet>(number, part, scheduler_, network_, prng_, std::move(hooks)));
  Tablet& tablet = *tablets_.back();
  // Clocks are wrong by up to five days, both ways.
  tablet.set_wall_error(some_us(240 * kHour) - 120 * kHour);
  using schema::Role;
  const auto role = [](Role r) { return static_cast<std::uint16_t>(r); };
  switch (part) {
    case Part::field:
      enrol(tablet, {role(Role::FIELD)}, {kProgrammeScope, kStationScopes[number % 2]});
      break;
    case Part::spare:
      enrol(tablet, {role(Role::FIELD)}, {kProgrammeScope});
      break;
    case Part::supervisor:
      enrol(tablet, {role(Role::SUPERVISOR)},
            {kProgrammeScope, kStationScopes[0], kStationScopes[1]});
      break;
    case Part::finance:
      enrol(tablet, {role(Role::FINANCE)}, {kProgrammeScope});
      break;
    case Part::auditor:
      enrol(tablet, {role(Role::AUDITOR)}, {});
      break;
    case Part::admin:
      enrol(tablet, {role(Role::ADMIN)}, {});
      break;
  }
}

void World::enrol(Tablet& tablet, RoleList roles, std::vector<ScopeId> scopes) {
  EnrolmentCode code;
  code.expires = WallTime{scheduler_.wall().us + 24 * kHour};
  code.roles = std::move(roles);
  code.scopes = std::move(scopes);
  code.holder = kFirstHolder + tablet.number();
  code.whole_log = tablet.part() == Part::auditor;
  code.label = tablet.name();
  const std::string text = make_enrolment_code(prng_);
  HOUNIAO_ASSERT(server_->keys().add_code(text, code).has_value());
  tablet.set_code(text);
  tablet.start();
  tick(tablet.number());
  if (tablet.part() == Part::admin) return administer(tablet.number());
  if (tablet.part() != Part::spare) people(tablet.number());
}

// Grants a station's scope to a field tablet or takes it away; gives roles and withdraws them.
void World::administer(std::size_t admin) {
  if (!recording_) return;
  if (chance(3)) record(*tablets_[admin]);
  Tablet& field = *tablets_[prng_.below(tablets_.size())];
  if (field.part() == Part::field && chance(2)) {
    change_scope(*tablets_[admin], field, kStationScopes[prng_.below(2)], chance(2));
  }
  scheduler_.after(seconds(1) + some_us(seconds(6)), [this, admin] { administer(admin); });
}

void World::change_scope(Tablet& admin, Tablet& field, ScopeId scope, bool grant) {
  if (!field.up() || !field.notebook().enrolled()) return;
  std::vector<EventDraft> drafts(1);
  drafts[0].body = [number = field.notebook().identity().number, scope, grant](auto body) {
    auto changed = body.initDeviceScopesChanged();
    changed.setDevice(number.value);
    if (grant) changed.initGranted(1).set(0, scope.value);
    if (!grant) changed.initWithdrawn(1).set(0, scope.value);
  };
  if (admin.record(drafts).empty()) return;
  trace_.line(field.name() + (grant ? " gets " : " loses ") + std::to_string(scope.value));
}

void World::tick(std::size_t tablet) {
  tablets_[tablet]->tick();
  scheduler_.after(milliseconds(200) + some_us(milliseconds(100)),
                   [this, tablet] { tick(tablet); });
}

void World::people(std::size_t number) {
  if (!recording_) return;
  Tablet& tablet = *tablets_[number];
  record(tablet);
  const std::int64_t pause = tablet.part() == Part::auditor ? seconds(8) : seconds(3);
  scheduler_.after(milliseconds(300) + some_us(pause), [this, number] { people(number); });
}

void World::record(Tablet& tablet) {
  if (!tablet.up() || !tablet.notebook().enrolled()) return;
  const std::vector<EventDraft> drafts = workload_.draft(tablet);
  workload_.recorded(tablet, tablet.record(drafts));
}

void World::restart(Tablet& tablet) {
  if (tablet.part() == Part::spare && spare_lost_) return;
  tablet.start();
}

// Nothing of it is missed: it never recorded anything. What may be done about a lost device can
// from now on be done about this one.
void World::lose_spare() {
  Tablet& spare = *tablets_[kSpare];
  trace_.line(spare.name() + " is lost");
  if (spare.up() && spare.notebook().enrolled()) {
    workload_.lost(spare.notebook().identity().number);
  }
  spare_lost_ = true;
  spare.crash();
}

// --- what goes wrong
// --------------------------------------------------------------------------------

void World::plan_faults() {
  const std::uint64_t faults = prng_.below(24);
  for (std::uint64_t i = 0; i < faults; ++i) {
    scheduler_.after(seconds(2) + some_us(kActUs - seconds(4)), [this] { fault(); });
  }
}

void World::fault() {
  if (chance(3)) return fault_at_server();
  fault_at_tablet(*tablets_[prng_.below(tablets_.size())]);
}

void World::fault_at_server() {
  MemoryStore& log = server_->log();
  switch (prng_.below(5)) {
    case 0:
      return crash_server();
    case 1:
      trace_.line("disk full for a while");
      log.fail_full(1 + prng_.below(6));
      break;
    case 2:
      trace_.line("no space left");
      log.set_capacity(log.used_bytes() + prng_.below(4'000));
      scheduler_.after(some_us(seconds(8)), [&log] { log.set_capacity(UINT64_MAX); });
      break;
    case 3:
      trace_.line("disk fails");
      log.fail_next(chance(2));
      // The operator restarts a server that says its storage failed.
      scheduler_.after(seconds(1) + some_us(seconds(4)), [this] { crash_server(); });
      break;
    default:
      trace_.line("server clock jumps");
      server_->set_wall_error(some_us(seconds(20)) - seconds(10));
  }
}

void World::crash_server() {
  if (!server_->up()) return;
  trace_.line("server crashes");
  ++crashes_;
  server_->crash();
  scheduler_.after(milliseconds(50) + some_us(seconds(5)), [this] { server_->start(); });
}

void World::crash_tablet(Tablet& tablet) {
  trace_.line(tablet.name() + " crashes");
  ++crashes_;
  tablet.crash();
  scheduler_.after(milliseconds(50) + some_us(seconds(6)), [this, &tablet] { restart(tablet); });
}

void World::fault_at_tablet(Tablet& tablet) {
  switch (prng_.below(6)) {
    case 0:
      return crash_tablet(tablet);
    case 1:
    case 2:
      if (!tablet.connection()) return;
      trace_.line(tablet.name() + " loses its connection");
      return network_.cut(*tablet.connection());
    case 3: {
      const Side to = chance(2) ? Side::server : Side::tablet;
      trace_.line(tablet.name() + (to == Side::server ? " is not heard" : " hears nothing"));
      network_.block(tablet.number(), to);
      scheduler_.after(some_us(seconds(20)), [this] { network_.unblock_all(); });
      return;
    }
    case 4:
      trace_.line(tablet.name() + " has no space");
      tablet.set_disk_full(true);
      scheduler_.after(some_us(seconds(6)), [&tablet] { tablet.set_disk_full(false); });
      return;
    default:
      trace_.line(tablet.name() + "'s clock jumps");
      const std::int64_t jump = some_us(96 * kHour) - 48 * kHour;
      tablet.set_wall_error(tablet.wall_error_us() + jump);
  }
}

void World::plan_plant() {
  Tablet& victim = *tablets_[1];
  switch (plant_) {
    case Plant::lying_disk:
      scheduler_.after(seconds(3), [this] { server_->log().set_deferred_sync(true); });
      scheduler_.after(seconds(25), [this] { crash_server(); });
      break;
    case Plant::mutated_record:
      scheduler_.after(seconds(30), [this] {
        HOUNIAO_ASSERT(server_->log().flip_record_byte(prng_.below(2'000) + 400, 1));
      });
      break;
    case Plant::lost_batch:
      victim.forget_a_batch();
      scheduler_.after(seconds(30), [this, &victim] { crash_tablet(victim); });
      break;
    case Plant::forgetful_device:
      scheduler_.after(seconds(10), [&victim] { victim.back_up(); });
      scheduler_.after(seconds(25), [this, &victim] {
        crash_tablet(victim);
        victim.restore_backup();
      });
      break;
    default:
      break;
  }
}

// --- what is seen
// -----------------------------------------------------------------------------------

void World::on_frame(ConnectionId id, Side to, Bytes frame) {
  trace_.frame((to == Side::server ? "up " : "down ") + text_of(id), frame);
  if (to == Side::server) {
    if (plant_ == Plant::lost_signatures && is_owed_signature(frame)) return;
    return server_->receive(id, frame);
  }
  Tablet& tablet = *tablets_[network_.tablet_of(id)];
  if (!tablet.up() || tablet.connection() != id) return;
  if (plant_ == Plant::split_view && tablet.number() == 1) frame = forged(frame);
  observe(tablet, frame);
  tablet.receive(id, frame);
}

void World::on_closed(ConnectionId id, Side at) {
  trace_.line("closed " + text_of(id));
  if (at == Side::server) return server_->closed(id);
  for (auto& tablet : tablets_) tablet->closed(id);
}

void World::observe(Tablet& tablet, ByteView bytes) {
  FrameReader reader;
  if (!reader.open(bytes))
    return checkers_->violated("order_broken", "the server sent a bad frame");
  const auto frame = reader.get();
  if (frame.isWelcome()) {
    checkers_->note(to_view(frame.getWelcome().getCheckpoint()));
    checkers_->acknowledged(tablet.device(), DeviceSeq{frame.getWelcome().getKnownDeviceSeq()});
  } else if (frame.isPushed()) {
    checkers_->note(to_view(frame.getPushed().getCheckpoint()));
    if (frame.getPushed().getErrorCode() != 0) return;
    checkers_->acknowledged(tablet.device(), DeviceSeq{frame.getPushed().getThroughDeviceSeq()});
  } else if (frame.isRecords()) {
    checkers_->note(to_view(frame.getRecords().getCheckpoint()));
  }
}

// The same frame with a checkpoint of that size over another tree, signed with the log's own key.
Bytes World::forged(ByteView bytes) {
  FrameReader reader;
  if (!reader.open(bytes) || !reader.get().isPushed()) return Bytes(bytes.begin(), bytes.end());
  auto honest =
      open_checkpoint(to_view(reader.get().getPushed().getCheckpoint()), server_->log_vkey());
  if (!honest) return Bytes(bytes.begin(), bytes.end());
  honest->root.bytes[0] ^= 1;
  FrameWriter writer(bytes.size());
  auto pushed = writer.root();
  pushed.setPushed(reader.get().getPushed());
  pushed.getPushed().setCheckpoint(sign_checkpoint(*honest, server_->options().log_key));
  return writer.finish();
}

void World::check_limits() {
  if (server_->up() &&
      server_->core().sequencer().events_waiting() > limits::kSequencerQueueEventsMax) {
    checkers_->violated("limit_exceeded", "the sequencer's queue");
  }
  for (auto& tablet : tablets_) {
    if (!tablet->up()) continue;
    // What record() confirmed is in the notebook, also after a crash.
    if (tablet->notebook().last().value < checkers_->recorded_count(tablet->device())) {
      checkers_->violated("record_lost_on_device", tablet->name());
    }
    if (const auto& alarm = tablet->notebook().alarm()) {
      checkers_->violated("false_alarm", tablet->name() + ": " + alarm->message());
    }
  }
}

// --- the end
// ----------------------------------------------------------------------------------------

void World::heal() {
  recording_ = false;
  trace_.line("healing");
  server_->log().fail_full(0);
  server_->log().set_capacity(UINT64_MAX);
  // Also ends a storage failure that nobody noticed, or that waits for the server to come back.
  if (!server_->up()) server_->log().crash();
  crash_server();
  for (auto& tablet : tablets_) {
    tablet->set_disk_full(false);
    restart(*tablet);
  }
  network_.unblock_all();
  // Scopes stay withdrawn and clocks stay wrong: neither may keep anything on a tablet.
  if (plant_ == Plant::never_heals) {
    unreachable_ = true;
    network_.cut_all();
    const std::vector<EventDraft> drafts = workload_.draft(*tablets_[0]);
    tablets_[0]->record(drafts);
  }
}

bool World::at_rest() {
  if (!server_->up() || server_->core().busy()) return false;
  const TreeSize size = server_->log().head().size;
  return std::all_of(tablets_.begin(), tablets_.end(), [&](const auto& tablet) {
    return tablet->part() == Part::spare ||
           (tablet->drained() && tablet->notebook().caught_up(size));
  });
}

void World::check_rest() {
  if (!at_rest()) {
    std::string who;
    for (auto& tablet : tablets_) {
      if (tablet->part() == Part::spare) continue;
      if (tablet->drained() && tablet->notebook().caught_up(server_->log().head().size)) continue;
      who += " " + tablet->name();
      if (!tablet->up()) continue;
      const SyncState sync = tablet->core().sync({scheduler_.wall(), scheduler_.monotonic_us()});
      who += " (" + std::to_string(tablet->notebook().outbox().events()) + " events, link " +
             std::string(name(sync.link)) +
             (sync.last_error ? ", " + sync.last_error->message() : "") + ")";
    }
    return checkers_->violated("not_drained", who);
  }
  checkers_->log_opened(server_->log());
  const Hash everything = checkers_->replayed_digest();
  checkers_->same_digest("server", digest(server_->core().state()), everything);
  for (auto& tablet : tablets_) {
    if (tablet->part() == Part::spare) continue;
    const auto own = tablet->notebook().digest();
    if (!own) {
      checkers_->violated("digest_differs", tablet->name() + ": " + own.error().message());
      continue;
    }
    const bool whole = tablet->part() == Part::auditor;
    checkers_->same_digest(
        tablet->name(), *own,
        whole ? everything
              : checkers_->scoped_digest(server_->log(), tablet->notebook().identity().scopes));
  }
  checkers_->check_ledger();
  checkers_->check_state(plant_ == Plant::overdrawn_points);
  if (!checkers_->all_signed()) checkers_->violated("not_signed", "events that nobody vouches for");
  for (auto& tablet : tablets_) {
    if (tablet->part() == Part::spare) continue;
    trace_.line(tablet->name() + " ends with " + std::to_string(tablet->notebook().last().value));
  }
  trace_.line("digest " + to_hex(everything.view()));
}

RunReport World::run() {
  server_->start();
  add_tablet(Part::supervisor);
  add_tablet(Part::field);
  add_tablet(Part::finance);
  add_tablet(Part::auditor);
  add_tablet(Part::admin);
  add_tablet(Part::spare);
  for (std::uint64_t more = prng_.below(4); more > 0; --more) add_tablet(Part::field);
  plan_faults();
  plan_plant();
  scheduler_.after(seconds(5) + some_us(seconds(15)), [this] { lose_spare(); });

  for (std::int64_t at = seconds(1); at <= kActUs && checkers_->ok(); at += seconds(1)) {
    scheduler_.run_until(at);
    check_limits();
  }
  if (checkers_->ok()) heal();
  const std::int64_t deadline = scheduler_.now_us() + kHealingUsMax;
  while (checkers_->ok() && scheduler_.now_us() < deadline) {
    scheduler_.run_until(scheduler_.now_us() + seconds(1));
    check_limits();
    if (at_rest() && checkers_->all_signed()) break;
  }
  if (checkers_->ok()) check_rest();

  RunReport report;
  report.violations = checkers_->violations();
  report.events = events_;
  report.records = checkers_->size().value;
  report.acknowledged = checkers_->acknowledged_total();
  report.frames = network_.frames_delivered();
  report.crashes = crashes_;
  report.types = checkers_->types();
  report.trace = trace_.finish();
  return report;
}

}  // namespace

bool RunReport::has(const std::vector<std::string>& codes) const {
  return std::any_of(violations.begin(), violations.end(), [&](const Violation& violation) {
    return std::find(codes.begin(), codes.end(), violation.code) != codes.end();
  });
}

RunReport run(const RunOptions& options) { return World(options).run(); }

}  // namespace houniao::sim
