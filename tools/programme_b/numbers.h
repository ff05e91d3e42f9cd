// How much of everything happens in the story: figures written exactly are met exactly, figures
// written with 多, 余 or 近 get a value that the seed chooses inside what the word allows. Nothing
// here knows what the figures engine will say; where the article promises more than it counts (two
// classes a month), the story keeps to what was counted. Values.
#pragma once

#include <cstdint>

#include "tools/stage/dice.h"

namespace houniao::programme_b {

using stage::Dice;

struct Numbers {
  // Organisations and channels.
  int committees_abroad = 0;  // without those in Zhuhai
  int committees_zhuhai = 11;
  int branches_henan_firm = 10;
  int branches_council_firm = 15;
  int qq_groups = 0;
  int wechat_groups = 60;
  int websites = 1;
  int microblogs = 2;

  // Persons.
  int contacts = 0;             // registered face to face at a station, as different persons
  int duplicates = 6;           // registered a second time on another tablet
  int files = 0;                // with document and consent
  int members_zhuhai = 12'000;  // League members in the organisations in Zhuhai
  int members_elsewhere = 13'000;
  int online = 0;        // different persons in online groups
  int online_twice = 0;  // of those in a second group as well
  int party_on_roll = 14;
  int party_floating = 52;
  int troupe = 0;

  // Services, in person-times.
  int services = 55'450;
  int id_cards = 0;  // issued
  int residence_permits = 0;
  int county_certificates = 0;
  int cases_open = 0;  // identity-card cases that are not issued yet
  int jobs = 900;
  int startups = 123;
  int legal = 522;
  int settlement = 0;
  int school = 1145;
  int other_advice = 2430;
  int mediations = 10;
  int handbooks = 35'000;

  // Activities.
  int sessions = 98;
  int weekend_classes = 10;
  int karaoke = 8;
  int worker_stage = 15;
  int opera = 7;
  int galas = 4;
  int festival = 0;
  int festival_attendance = 0;

  int committee_person_times = 130'000;  // all committees, the centre's own included
  int messages = 400'000;                // delivered
  int broadcasts = 20;
  int custody_clients = 400;

  std::int64_t league_fen[3] = {};  // received in 2013, 2014 and 2015
  std::int64_t provincial_fen = 20'000'000;

  static Numbers from_seed(const Dice& story);
  int sessions_other() const {
    return sessions - weekend_classes - karaoke - worker_stage - opera - galas - festival;
  }
};

}  // namespace houniao::programme_b
