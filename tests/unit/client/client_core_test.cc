// The sans-IO client against a scripted server: delivery, resumption, verification, honesty.
#include <gtest/gtest.h>

#include "client_sdk/core/local_codec.h"
#include "replay/digest.h"
#include "tests/unit/client/scripted_server.h"

namespace houniao::tests {
namespace {

constexpr const char* kIdNumber = "11010519491231002X";

void session_held(schema::Event::Body::Builder body) {
  auto held = body.initSessionHeld();
  held.setKind("weekend_class");
  held.setFromMinute(540);
  held.setToMinute(600);
  held.setHeadcount(12);
}

TEST(ClientCore, RefusesToRecordBeforeItIsEnrolled) {
  ScriptedServer server;
  Rig rig(server);
  EventDraft draft;
  draft.body = session_held;
  const auto ids = rig.core->record({&draft, 1}, rig.now());
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, Errc::unauthorised);
}

TEST(ClientCore, EnrolsWithACodeAndLearnsItsNumberScopesAndTheLogKey) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  EXPECT_TRUE(rig.core->online());
  EXPECT_EQ(rig.core->notebook().identity().number, DeviceNumber{2});
  EXPECT_EQ(rig.core->notebook().identity().log_key, server.log_key());
  EXPECT_EQ(rig.core->notebook().identity().scopes.size(), 2U);
  EXPECT_TRUE(rig.core->synced());
}

TEST(ClientCore, AWrongCodeEndsTheSessionWithAReason) {
  ScriptedServer server;
  Rig rig(server);
  rig.core->set_enrolment_code("WRONG");
  rig.core->connected(rig.now());
  rig.exchange();
  EXPECT_TRUE(rig.core->wants_close());
  EXPECT_EQ(rig.core->sync(rig.now()).last_error->code, Errc::bad_code);
  EXPECT_FALSE(rig.core->notebook().enrolled());
}

TEST(ClientCore, AnEventIsOnDeviceThenReceivedThenJudged) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.core->disconnected(rig.now());
  const EventId id = rig.record(session_held);
  EXPECT_EQ(rig.status(id), SyncStatus::on_device);
  server.send_records = false;
  rig.connect();
  EXPECT_EQ(rig.status(id), SyncStatus::received);
  EXPECT_EQ(rig.core->notebook().counters().acknowledged, 1U);
  rig.core->disconnected(rig.now());
  server.send_records = true;
  rig.connect();
  const auto sync = rig.core->notebook().status(id).value();
  EXPECT_TRUE(sync.status == SyncStatus::accepted || sync.status == SyncStatus::flagged);
  EXPECT_TRUE(sync.seq.has_value());
  EXPECT_TRUE(rig.core->notebook().outbox().empty());
  EXPECT_TRUE(rig.core->synced());
}

TEST(ClientCore, AFlaggedEventSaysWhyInBothLanguages) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  const EventId id = rig.record([](schema::Event::Body::Builder body) {
    auto held = body.initSessionHeld();
    held.setPlanned(event_id(DeviceNumber{9}, DeviceSeq{9}).value);  // nobody has seen it
    held.setKind("weekend_class");
  });
  rig.exchange();
  const auto sync = rig.core->notebook().status(id).value();
  EXPECT_EQ(sync.status, SyncStatus::flagged);
  EXPECT_FALSE(sync.reasons_zh.empty());
  EXPECT_FALSE(sync.reasons_en.empty());
}

TEST(ClientCore, ALostAcknowledgementIsHarmless) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.drop_pushed = true;
  server.send_records = false;
  const EventId id = rig.record(session_held);
  rig.exchange();
  EXPECT_EQ(rig.status(id), SyncStatus::on_device);
  rig.core->disconnected(rig.now());
  server.drop_pushed = false;
  server.send_records = true;
  const TreeSize before = server.size();
  rig.connect();
  EXPECT_EQ(server.size(), before) << "the event must not be in the log twice";
  EXPECT_NE(rig.status(id), SyncStatus::on_device);
  EXPECT_TRUE(rig.core->synced());
}

TEST(ClientCore, WhatWasRecordedSurvivesARestartAndIsSentThen) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.core->disconnected(rig.now());
  const EventId first = rig.record(session_held);
  rig.open();  // the process died after record() returned
  EXPECT_EQ(rig.status(first), SyncStatus::on_device);
  const EventId second = rig.record(session_held);
  EXPECT_EQ(device_seq_of(second).value, 2U);
  rig.connect();
  EXPECT_NE(rig.status(first), SyncStatus::on_device);
  EXPECT_NE(rig.status(second), SyncStatus::on_device);
}

TEST(ClientCore, AFailedCommitRecordsNothing) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.store.fail_commits(fail(Errc::storage_full, "disk"));
  EventDraft draft;
  draft.scope = ScriptedServer::kSite;
  draft.body = session_held;
  const auto ids = rig.core->record({&draft, 1}, rig.now());
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, Errc::storage_full);
  rig.store.fail_commits(std::nullopt);
  const EventId id = rig.record(session_held);
  EXPECT_EQ(device_seq_of(id).value, 1U);
  rig.exchange();
  EXPECT_NE(rig.status(id), SyncStatus::on_device);
}

TEST(ClientCore, AFullDiskWhileReceivingLosesNothingAndResumes) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  const EventId id = rig.record(session_held);
  rig.store.fail_commits(fail(Errc::storage_full, "disk"));
  rig.exchange();
  EXPECT_FALSE(rig.core->online());
  EXPECT_EQ(rig.core->sync(rig.now()).last_error->code, Errc::storage_full);
  EXPECT_FALSE(rig.core->notebook().outbox().empty());
  rig.store.fail_commits(std::nullopt);
  rig.core->disconnected(rig.now());
  rig.connect();
  EXPECT_NE(rig.status(id), SyncStatus::on_device);
  EXPECT_TRUE(rig.core->synced());
}

TEST(ClientCore, DraftsOfOneGroupAreRecordedTogetherOrNotAtAll) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  std::vector<EventDraft> drafts(3);
  for (EventDraft& draft : drafts) {
    draft.scope = ScriptedServer::kSite;
    draft.body = session_held;
  }
  drafts[2].scope = ScriptedServer::kOtherSite;
  const auto refused = rig.core->record(drafts, rig.now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::scope_denied);
  EXPECT_EQ(rig.core->notebook().counters().recorded, 0U);
  drafts[2].scope = ScriptedServer::kSite;
  const std::size_t commits = rig.store.commits();
  EXPECT_EQ(rig.core->record(drafts, rig.now()).value().size(), 3U);
  EXPECT_EQ(rig.store.commits(), commits + 1);
}

TEST(ClientCore, TooLargeADraftNeverEntersTheChain) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  EventDraft draft;
  draft.body = [](schema::Event::Body::Builder body) {
    body.initSiteOpened().setName(std::string(70'000, 'x'));
  };
  EXPECT_FALSE(rig.core->record({&draft, 1}, rig.now()));
  EXPECT_EQ(device_seq_of(rig.record(session_held)).value, 1U);
}

TEST(ClientCore, ManyEventsGoInSeveralPushesAndAllArriveOnce) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.core->disconnected(rig.now());
  std::vector<EventDraft> drafts(9'000);
  for (EventDraft& draft : drafts) {
    draft.scope = ScriptedServer::kSite;
    draft.body = session_held;
  }
  ASSERT_TRUE(rig.core->record(drafts, rig.now()));
  const TreeSize before = server.size();
  rig.connect();
  EXPECT_EQ(rig.core->notebook().counters().acknowledged, 9'000U);
  EXPECT_EQ(rig.core->notebook().counters().judged, 9'000U);
  EXPECT_EQ(server.size().value - before.value, 9'000U + server.pushes);
  EXPECT_GE(server.pushes, 3U);
}

TEST(ClientCore, ABusyServerIsAskedAgainAfterTheTimeItNames) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.retry_ms = 5'000;
  const EventId id = rig.record(session_held);
  rig.exchange();
  EXPECT_EQ(rig.status(id), SyncStatus::on_device);
  EXPECT_EQ(rig.core->sync(rig.now()).last_error->code, Errc::overloaded);
  server.retry_ms = 0;
  const std::size_t pushes = server.pushes;
  rig.monotonic_us += 4'000'000;
  rig.core->tick(rig.now());
  rig.exchange();
  EXPECT_EQ(server.pushes, pushes);
  rig.monotonic_us += 1'500'000;
  rig.core->tick(rig.now());
  rig.exchange();
  EXPECT_NE(rig.status(id), SyncStatus::on_device);
}

TEST(ClientCore, ARefusedPushIsShownAndTheRestGoesOn) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.refuse_push = fail(Errc::scope_denied, "scope 16");
  const EventId id = rig.record(session_held);
  rig.exchange();
  EXPECT_TRUE(rig.core->online());
  EXPECT_EQ(rig.status(id), SyncStatus::on_device);
  EXPECT_EQ(rig.core->sync(rig.now()).last_error->code, Errc::scope_denied);
  server.refuse_push.reset();
  for (int i = 0; i < 3; ++i) {  // pings keep the session alive meanwhile
    rig.monotonic_us += 21'000'000;
    rig.core->tick(rig.now());
    rig.exchange();
  }
  EXPECT_NE(rig.status(id), SyncStatus::on_device);
}

TEST(ClientCore, TheOverlayShowsPendingEventsOverTheConfirmedState) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.core->disconnected(rig.now());
  const EventId id = rig.record_person("张三丰", kIdNumber);
  auto& notebook = rig.core->notebook();
  EXPECT_FALSE(notebook.confirmed().value()->knows(id));
  EXPECT_TRUE(notebook.with_pending(rig.now().wall).value()->knows(id));
  rig.connect();
  EXPECT_TRUE(notebook.confirmed().value()->knows(id));
}

// --- verification ------------------------------------------------------------------------------

TEST(ClientVerification, EveryPushWitnessesTheLastCheckpointVerified) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.record(session_held);
  rig.exchange();
  const auto verified = rig.core->notebook().position().verified;
  ASSERT_TRUE(verified);
  rig.record(session_held);
  rig.exchange();
  EXPECT_EQ(server.witnessed.size, verified->checkpoint.size);
  EXPECT_EQ(server.witnessed.root, verified->checkpoint.root);
  EXPECT_EQ(server.witnessed.note_signature, verified->signature);
}

void expect_alarm(Rig& rig, Errc code) {
  ASSERT_TRUE(rig.core->notebook().alarm());
  EXPECT_EQ(rig.core->notebook().alarm()->code, code);
  EXPECT_FALSE(rig.core->online());
  EXPECT_EQ(rig.core->reconnect_at_us(), std::nullopt);
  rig.open();  // survives a restart
  ASSERT_TRUE(rig.core->notebook().alarm());
  EXPECT_EQ(rig.core->notebook().alarm()->code, code);
  rig.core->connected(rig.now());
  EXPECT_TRUE(rig.core->take_output().empty()) << "nothing is sent any more";
  rig.record(session_held);  // recording goes on
}

TEST(ClientVerification, ARewrittenHistoryRaisesTheStickyAlarm) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.record(session_held);
  rig.exchange();
  rig.core->disconnected(rig.now());
  const auto open_site = [](const char* name) {
    return [name](schema::Event::Body::Builder body) { body.initSiteOpened().setName(name); };
  };
  const Seq last{server.size().value - 1};
  server.rewrite_from(last, [&] {
    for (int i = 0; i < 4; ++i) server.record(kScopeCommons, open_site("another past"));
  });
  rig.connect();
  expect_alarm(rig, Errc::checkpoint_mismatch);
}

TEST(ClientVerification, ALogThatShrankRaisesTheStickyAlarm) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.record(kScopeCommons,
                [](schema::Event::Body::Builder body) { body.initSiteOpened().setName("x"); });
  rig.record(session_held);
  rig.exchange();
  rig.core->disconnected(rig.now());
  server.rewrite_from(Seq{server.size().value - 1}, [] {});
  rig.connect();
  expect_alarm(rig, Errc::checkpoint_mismatch);
}

TEST(ClientVerification, AnOmittedRecordOfAScopeRaisesTheStickyAlarm) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.send_records = false;
  const Seq from = rig.core->notebook().position().next;
  Seq omitted;
  for (int i = 0; i < 3; ++i) {
    if (i == 1) omitted = Seq{server.size().value};
    server.record(kScopeCommons,
                  [](schema::Event::Body::Builder body) { body.initSiteOpened().setName("s"); });
  }
  rig.core->feed(server.records_frame(from, Seq{server.size().value}, omitted), rig.now());
  expect_alarm(rig, Errc::checkpoint_mismatch);
}

TEST(ClientVerification, OmittingTheLastRecordShowsInTheScopeHeads) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  server.send_records = false;
  const Seq from = rig.core->notebook().position().next;
  const Seq omitted{server.size().value};
  server.record(kScopeCommons,
                [](schema::Event::Body::Builder body) { body.initSiteOpened().setName("s"); });
  rig.core->feed(server.records_frame(from, Seq{server.size().value}, omitted), rig.now());
  expect_alarm(rig, Errc::checkpoint_mismatch);
}

TEST(ClientVerification, AWholeLogDeviceHasTheWholeStateAndRecomputesTheRoot) {
  ScriptedServer server;
  server.enrol_whole_log = true;
  Rig rig(server);
  rig.connect();
  rig.record(session_held);
  rig.exchange();
  EXPECT_TRUE(rig.core->synced());
  const auto& position = rig.core->notebook().position();
  EXPECT_EQ(position.frontier.size(), server.size());
  EXPECT_EQ(position.frontier.root(), position.verified->checkpoint.root);
  EXPECT_EQ(rig.core->notebook().digest().value(), digest(server.state()));
}

TEST(ClientVerification, AWholeLogDeviceDetectsARecordThatIsNotTheSignedOne) {
  ScriptedServer server;
  server.enrol_whole_log = true;
  Rig rig(server);
  rig.connect();
  server.send_records = false;
  const Seq from = rig.core->notebook().position().next;
  server.record(kScopeCommons,
                [](schema::Event::Body::Builder body) { body.initSiteOpened().setName("s"); });
  Bytes frame = server.records_frame(from, Seq{server.size().value});
  // The received time inside the record: nothing but the tree covers it.
  const Bytes record = server.record_at(from);
  const auto at = std::search(frame.begin(), frame.end(), record.begin(), record.end());
  ASSERT_NE(at, frame.end());
  RecordReader reader;
  ASSERT_TRUE(reader.open(record));
  const std::int64_t time = reader.get().getReceivedAtUs();
  client::LocalWriter bytes;
  bytes.number(time);
  const Bytes pattern = bytes.finish();
  const auto inside = std::search(at, frame.end(), pattern.begin(), pattern.end());
  ASSERT_NE(inside, frame.end());
  *inside ^= 1;
  rig.core->feed(frame, rig.now());
  expect_alarm(rig, Errc::checkpoint_mismatch);
}

TEST(ClientVerification, AServerWithAnotherKeyIsRefusedButIsNoAlarm) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.core->disconnected(rig.now());
  SeededRandom other(77);
  server.shown_log_key = verifier_key("log.test/houniao", make_signing_key(other).verify_key());
  rig.connect();
  EXPECT_FALSE(rig.core->online());
  EXPECT_FALSE(rig.core->notebook().alarm());
  EXPECT_EQ(rig.core->sync(rig.now()).last_error->code, Errc::wrong_key);
}

TEST(ClientVerification, AServerThatKnowsMoreOfTheChainThanTheDeviceMeansAFork) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  const client::MemoryStore backup = rig.store;
  rig.record(session_held);
  rig.exchange();
  rig.core->disconnected(rig.now());
  rig.core.reset();
  rig.store = backup;  // an older copy of the device is put back
  rig.open();
  rig.connect();
  expect_alarm(rig, Errc::chain_forked);
}

TEST(ClientVerification, AMalformedFrameEndsTheConnectionOnly) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  const Bytes noise(64, 0xa5);
  rig.core->feed(noise, rig.now());
  EXPECT_FALSE(rig.core->online());
  EXPECT_FALSE(rig.core->notebook().alarm());
  rig.core->disconnected(rig.now());
  rig.connect();
  EXPECT_TRUE(rig.core->online());
}

// --- scopes ------------------------------------------------------------------------------------

void change_scopes(ScriptedServer& server, DeviceNumber device, ScopeId granted,
                   ScopeId withdrawn) {
  server.record(kScopeCommons, [&](schema::Event::Body::Builder body) {
    auto changed = body.initDeviceScopesChanged();
    changed.setDevice(device.value);
    if (granted) changed.initGranted(1).set(0, granted.value);
    if (withdrawn) changed.initWithdrawn(1).set(0, withdrawn.value);
  });
}

TEST(ClientScopes, AGrantedScopeIsFilledInAndGivesTheSameStateAsHavingHadItAlways) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  for (int i = 0; i < 3; ++i) {
    server.record(ScriptedServer::kOtherSite, session_held);
    server.record(ScriptedServer::kSite, session_held);
  }
  rig.record(session_held);
  rig.exchange();
  const Seq end{server.size().value};
  server.peer().scopes.push_back(ScriptedServer::kOtherSite);
  rig.core->feed(server.records_frame(Seq{0}, end, std::nullopt, ScriptedServer::kOtherSite),
                 rig.now());
  change_scopes(server, DeviceNumber{2}, ScriptedServer::kOtherSite, ScopeId{});
  rig.core->feed(server.records_frame(end, Seq{server.size().value}), rig.now());
  ASSERT_TRUE(rig.core->online());
  EXPECT_TRUE(rig.core->synced());
  EXPECT_EQ(rig.core->notebook().digest().value(), digest(server.state()));
  rig.open();  // folded again from the store, in the order of the log
  EXPECT_EQ(rig.core->notebook().digest().value(), digest(server.state()));
}

TEST(ClientScopes, AWithdrawnScopeVanishesFromTheDevice) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  const EventId theirs = server.record(ScriptedServer::kSite, session_held);
  rig.record(session_held);
  rig.exchange();
  EXPECT_TRUE(rig.core->notebook().confirmed().value()->knows(theirs));
  std::erase(server.peer().scopes, ScriptedServer::kSite);
  server.send_records = false;
  const Seq from = rig.core->notebook().position().next;
  change_scopes(server, DeviceNumber{2}, ScopeId{}, ScriptedServer::kSite);
  rig.core->feed(server.records_frame(from, Seq{server.size().value}), rig.now());
  EXPECT_TRUE(rig.core->wants_close());
  EXPECT_FALSE(rig.core->notebook().confirmed().value()->knows(theirs));
  EXPECT_EQ(rig.core->notebook().position().find(ScriptedServer::kSite), nullptr);
  rig.core->disconnected(rig.now());
  server.send_records = true;
  rig.connect();
  EXPECT_TRUE(rig.core->synced());
  rig.open();
  EXPECT_FALSE(rig.core->notebook().confirmed().value()->knows(theirs));
}

// Recorded before the device heard that the scope is not its own any more: it still gets to the
// server, and leaves the device with the rest of the scope.
TEST(ClientScopes, WhatWasRecordedBeforeAWithdrawalIsSentAndThenLeavesTheDevice) {
  ScriptedServer server;
  Rig rig(server);
  rig.connect();
  rig.core->disconnected(rig.now());
  const EventId id = rig.record(session_held);
  std::erase(server.peer().scopes, ScriptedServer::kSite);
  change_scopes(server, DeviceNumber{2}, ScopeId{}, ScriptedServer::kSite);
  rig.connect();
  EXPECT_TRUE(rig.core->wants_close()) << "it starts over when it reads of the withdrawal";
  rig.core->disconnected(rig.now());
  rig.connect();
  auto& notebook = rig.core->notebook();
  EXPECT_EQ(rig.status(id), SyncStatus::received);
  EXPECT_EQ(notebook.counters().acknowledged, notebook.counters().recorded);
  EXPECT_TRUE(notebook.outbox().empty());
  EXPECT_FALSE(notebook.with_pending(rig.now().wall).value()->knows(id));
  rig.open();
  EXPECT_TRUE(rig.core->notebook().outbox().empty()) << "and stays away after a restart";
  EXPECT_EQ(rig.status(id), SyncStatus::received);
}

// --- time --------------------------------------------------------------------------------------

TEST(ClientClock, TheMeasuredOffsetTravelsInEventsAndTheClockIsNotCorrected) {
  ScriptedServer server;
  Rig rig(server);
  rig.wall_us -= 3'600'000'000;  // an hour slow
  rig.connect();
  const EventId id = rig.record(session_held);
  EventReader event;
  ASSERT_TRUE(event.open(rig.core->notebook().outbox().find(device_seq_of(id))));
  EXPECT_EQ(event.get().getRecordedAtMs(), rig.wall_us / 1000);
  EXPECT_NEAR(static_cast<std::int64_t>(event.get().getClockOffsetMs()), 3'600'000, 5);
  EXPECT_LE(event.get().getClockUncertaintyMs(), 5U);
}

}  // namespace
}  // namespace houniao::tests
