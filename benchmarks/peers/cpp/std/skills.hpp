// W3 with a general event list.
#pragma once
#include "../chance.hpp"
#include "../report.hpp"
#include "events.hpp"

namespace skills {
enum Kind { ARRIVAL, SERVICE_END, ABANDONMENT };
struct Contact {
  double arrived;
  int type;
  int group;  // that serves it
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, std::int64_t customers) : generator_(seed), arrivals_left_(customers) {
    for (int group = 0; group < GROUPS; ++group) idle_[group] = AGENTS_OF_GROUP[group];
  }

  void run() {
    for (int type = 0; type < TYPES; ++type) plan_arrival(type);
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      switch (event.kind) {
        case ARRIVAL: arrive(event.slot); break;
        case SERVICE_END: end_service(event.slot); break;
        case ABANDONMENT: abandon(event); break;
      }
    }
  }
  std::int64_t changes = 0;
  std::array<Tally, TYPES> tallies{};

 private:
  void plan_arrival(int type) { events_.push({now_ + generator_.exponential() / arrivals_per_min(type), ARRIVAL, type, 0}); }

  void arrive(int type) {
    if (arrivals_left_ == 0) return;
    --arrivals_left_;
    ++changes;
    ++tallies[type].joined;
    plan_arrival(type);
    const int slot = contacts_.add({now_, type, -1});
    for (const int group : GROUPS_OF_TYPE[type]) {
      if (group < 0) break;
      if (idle_[group] > 0) {
        --idle_[group];
        start_service(slot, group);
        return;
      }
    }
    ++tallies[type].waited;
    queues_[type].push(slot, contacts_.generation(slot));
    const double leaves = now_ + PATIENCE_MEAN_MIN[type] * generator_.exponential();
    events_.push({leaves, ABANDONMENT, slot, contacts_.generation(slot)});
  }

  void start_service(int slot, int group) {
    Contact& contact = contacts_[slot];
    contact.group = group;
    tallies[contact.type].wait_sum_min += now_ - contact.arrived;
    contacts_.make_stale(slot);
    const double ends = now_ + SERVICE_MEAN_MIN[contact.type] * service_(generator_);
    events_.push({ends, SERVICE_END, slot, contacts_.generation(slot)});
  }

  void end_service(int slot) {
    ++changes;
    const int group = contacts_[slot].group;
    contacts_.remove(slot);
    for (const int type : TYPES_OF_GROUP[group]) {
      if (type < 0) break;
      const int next = queues_[type].pop(contacts_);
      if (next >= 0) {
        start_service(next, group);
        return;
      }
    }
    ++idle_[group];
  }

  void abandon(const Event& event) {
    if (contacts_.generation(event.slot) != event.generation) return;
    ++changes;
    Tally& tally = tallies[contacts_[event.slot].type];
    ++tally.abandoned;
    tally.wait_sum_min += now_ - contacts_[event.slot].arrived;
    contacts_.remove(event.slot);
  }

  Generator generator_;
  const Lognormal service_{SERVICE_CV};
  EventList events_;
  Contacts<Contact> contacts_;
  std::array<Queue, TYPES> queues_;
  std::array<int, GROUPS> idle_;
  std::int64_t arrivals_left_;
  double now_ = 0;
};

inline Answer w3(std::uint64_t seed, std::int64_t customers) {
  Simulation simulation(seed, customers);
  simulation.run();
  return answer_of_w3(simulation.changes, simulation.tallies);
}
}  // namespace skills
