// Residents of the seven compounds, most of them old, and the students of nine universities: the
// agreements, the ten office-holders that each sends, their training, the council and the panel.
#include <algorithm>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

// Years of birth whose age on the last day of the programme does not hang on a birthday.
constexpr int kEightyFrom = 1930, kEightyTo = 1943;
constexpr int kSixtyFrom = 1945, kSixtyTo = 1963;
constexpr int kYoungerFrom = 1967, kYoungerTo = 2003;

stage::Identity born_between(Story& story, Dice& dice, int from, int to, std::uint32_t province) {
  const CivilDate birth{static_cast<int>(dice.between(from, to)),
                        static_cast<int>(dice.between(1, 12)),
                        static_cast<int>(dice.between(1, 28))};
  return stage::child_born(story.company.identities.person(false, province), birth);
}

struct Group {
  int count;
  int born_from, born_to;
};

enum class Fate { stays, dies, moves };

void register_resident(Story& story, Dice& dice, int serial, const Group& group, Fate fate) {
  Compound& compound = story.compounds[static_cast<std::size_t>(serial) % kCompounds];
  const Day when = days_after(on(2021, 9, 6), serial % 70);
  const PersonId person = stage::register_person(
      *compound.tablet, when, born_between(story, dice, group.born_from, group.born_to, 42), {},
      compound.site);
  stage::join(*compound.tablet, when, person.value, story.committee.value, "resident");
  if (fate == Fate::stays) compound.residents.push_back(person);
  if (fate == Fate::stays) return;
  const Day day = days_after(on(2022, 2, 1), dice.between(0, 880));
  story.gone.push_back(
      {person, static_cast<std::size_t>(serial) % kCompounds, day, fate == Fate::dies});
}

void register_students(Story& story, std::size_t index, int count, Day when, int born) {
  constexpr std::array<std::uint32_t, 8> kProvinces = {42, 41, 43, 36, 34, 51, 61, 13};
  University& university = story.universities[index];
  Tablet& tablet = *university.tablet;
  const stage::Elsewhere at(tablet, story.company.scope("volunteers"));
  Dice dice = story.company.dice.fork("students" + std::to_string(index) + to_string(when));
  for (int i = 0; i < count; ++i) {
    Student student;
    student.person = stage::register_person(
        tablet, when, born_between(story, dice, born, born + 3, dice.pick(kProvinces)));
    stage::join(tablet, when, student.person.value, university.id.value, "student");
    student.volunteer =
        stage::enrol_volunteer(tablet, when, student.person, university.pairing, "visits");
    university.students.push_back(student);
  }
}

void appoint_officer(Story& story, University& university, Student& student, Day when) {
  stage::appoint(*story.cast.secretary, when, student.person, "youth_officer",
                 university.pairing.value, "student_union");
  student.officer = true;
}

void sign_agreements(Story& story) {
  for (const University& university : story.universities) {
    stage::sign_agreement(*story.cast.secretary, on(2021, 10, 15), on(2024, 12, 31),
                          {story.committee, university.id}, "co_building");
  }
}

// A course that everybody listed attends, and what they have learnt there.
Result<void> train(Story& story, Day when, const std::string& kind,
                   const std::vector<PersonId>& persons) {
  Tablet& branch = *story.cast.branch;
  stage::SessionDraft course;
  course.kind = "volunteer_training";
  course.headcount = static_cast<std::uint32_t>(persons.size());
  course.from_minute = 14 * 60;
  course.to_minute = 17 * 60;
  course.leader = story.branch_secretary.value;
  course.tags = {kind};
  const SessionId session = stage::hold_session(branch, when, course);
  stage::attend(branch, when, session, persons);
  stage::TrainingDraft training;
  training.session = session;
  training.kind = kind;
  training.minutes = 180;
  training.certificate = kind == "first_aid" ? "first_aid" : "";
  stage::complete_training(branch, when, persons, training);
  return branch.sync(kSyncTimeout);
}

std::vector<PersonId> students_from(const Story& story, std::size_t first) {
  std::vector<PersonId> out;
  for (const University& university : story.universities) {
    for (std::size_t i = first; i < university.students.size(); ++i) {
      out.push_back(university.students[i].person);
    }
  }
  return out;
}

// Six students and six residents deliberate; four students and three residents review.
void seat_bodies(Story& story, Day when) {
  Tablet& secretary = *story.cast.secretary;
  const auto seat = [&](PersonId person, OrganisationId body, const std::string& role) {
    stage::join(secretary, when, person.value, body.value, role);
  };
  for (std::size_t i = 0; i < 6; ++i) {
    const PersonId student = story.universities[i].students.front().person;
    const PersonId resident = story.compounds[i].residents.back();
    for (const PersonId person : {student, resident}) {
      seat(person, story.council, "council_member");
      story.council_members.push_back(person);
    }
  }
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}, std::size_t{4}, std::size_t{6}}) {
    const PersonId student = story.universities[i].students[1].person;
    seat(student, story.panel, "panel_member");
    story.panel_members.push_back({student, i});
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<PersonId>& residents = story.compounds[i + 3].residents;
    const PersonId resident = residents[residents.size() - 2];
    seat(resident, story.panel, "panel_member");
    story.panel_members.push_back({resident, kUniversities});
  }
}

Result<void> sync_field(Story& story) {
  for (Compound& compound : story.compounds) {
    if (!compound.away) HOUNIAO_TRY(compound.tablet->sync(kSyncTimeout));
  }
  for (University& university : story.universities) {
    HOUNIAO_TRY(university.tablet->sync(kSyncTimeout));
  }
  return {};
}

}  // namespace

Result<void> settle_residents(Story& story) {
  const Numbers& n = story.numbers;
  Dice dice = story.company.dice.fork("residents");
  int serial = 0;
  const auto settle = [&](const Group& group, Fate fate) {
    for (int i = 0; i < group.count; ++i) register_resident(story, dice, serial++, group, fate);
  };
  settle({n.eighty, kEightyFrom, kEightyTo}, Fate::stays);
  settle({n.died, kEightyFrom, kEightyTo}, Fate::dies);
  settle({n.sixty, kSixtyFrom, kSixtyTo}, Fate::stays);
  settle({n.younger, kYoungerFrom, kYoungerTo}, Fate::stays);
  settle({n.moved_out, kYoungerFrom, kYoungerTo}, Fate::moves);
  for (Compound& compound : story.compounds) HOUNIAO_TRY(compound.tablet->sync(kSyncTimeout));
  story.tell("七个小区登记居民 " + std::to_string(serial) + " 人 / " + std::to_string(serial) +
             " residents of seven compounds are registered");
  return {};
}

Result<void> pair_universities(Story& story) {
  const Numbers& n = story.numbers;
  sign_agreements(story);
  HOUNIAO_TRY(story.cast.secretary->sync(kSyncTimeout));
  const Day enrolled = on(2021, 10, 20);
  for (std::size_t i = 0; i < kUniversities; ++i) {
    register_students(story, i, n.officers + n.others, enrolled, 2000);
  }
  HOUNIAO_TRY(sync_field(story));
  for (University& university : story.universities) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(n.officers); ++i) {
      appoint_officer(story, university, university.students[i], on(2021, 10, 28));
    }
  }
  seat_bodies(story, on(2021, 11, 2));
  HOUNIAO_TRY(story.cast.secretary->sync(kSyncTimeout));
  const std::vector<PersonId> everybody = students_from(story, 0);
  HOUNIAO_TRY(train(story, on(2021, 11, 6), "first_aid", everybody));
  HOUNIAO_TRY(train(story, on(2021, 11, 13), "home_visits", everybody));
  HOUNIAO_TRY(train(story, on(2021, 11, 20), "mediation", everybody));
  story.tell("九份共建协议签订，团学骨干兼职 " +
             std::to_string(kUniversities * static_cast<std::size_t>(n.officers)) +
             " 人，培训三次 / nine agreements, ten office-holders of each university, three "
             "trainings");
  return {};
}

Result<void> change_officers(Story& story) {
  const Numbers& n = story.numbers;
  const Day enrolled = on(2023, 9, 20);
  const std::size_t before = story.universities.front().students.size();
  for (std::size_t i = 0; i < kUniversities; ++i) {
    register_students(story, i, n.second_cohort, enrolled, 2003);
  }
  HOUNIAO_TRY(sync_field(story));
  // Two of each ten leave the post, two of the new ones take it.
  const Day changed = on(2023, 10, 8);
  for (University& university : story.universities) {
    for (std::size_t i = 0; i < 2; ++i) {
      Student& leaves = university.students[static_cast<std::size_t>(n.officers) - 1 - i];
      stage::end_appointment(*story.cast.secretary, changed, leaves.person, "youth_officer",
                             university.pairing.value, "student_union");
      leaves.officer = false;
      appoint_officer(story, university, university.students[before + i], changed);
    }
  }
  HOUNIAO_TRY(story.cast.secretary->sync(kSyncTimeout));
  HOUNIAO_TRY(train(story, on(2023, 10, 14), "first_aid", students_from(story, before)));
  story.tell(
      "换届：每校两名骨干交接，新成员先培训 / two office-holders of each university change; the "
      "new ones are trained first");
  return {};
}

void change_residents(Story& story, const Month& month) {
  using Status = schema::PersonStatusChanged::Status;
  for (const Story::Gone& gone : story.gone) {
    if (gone.day < month.from || gone.day > month.to) continue;
    Tablet& tablet = *story.compounds[gone.compound].tablet;
    tablet.add(gone.day, [gone](stage::Body body) {
      auto s = body.initPersonStatusChanged();
      s.setPerson(gone.person.value);
      s.setStatus(gone.died ? Status::DECEASED : Status::MOVED_OUT);
      s.setDay(gone.day.value);
    });
    if (!gone.died) {
      stage::leave(tablet, gone.day, gone.person.value, story.committee.value, "resident");
    }
  }
}

}  // namespace houniao::programme_d
