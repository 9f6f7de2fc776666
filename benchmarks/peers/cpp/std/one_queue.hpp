// W1 and W2 with a general event list.
#pragma once
#include "../chance.hpp"
#include "../report.hpp"
#include "events.hpp"

namespace one_queue {
enum Kind { ARRIVAL, SERVICE_END, ABANDONMENT };
struct Contact {
  double arrived;
};

class Simulation {
 public:
  Simulation(const OneQueue& world, std::uint64_t seed, std::int64_t customers)
      : world_(world), generator_(seed), arrivals_left_(customers), idle_(world.servers) {}

  void run() {
    plan_arrival();
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      switch (event.kind) {
        case ARRIVAL: arrive(); break;
        case SERVICE_END: end_service(event.slot); break;
        case ABANDONMENT: abandon(event); break;
      }
    }
  }
  std::int64_t changes = 0;
  Tally tally;

 private:
  void plan_arrival() {
    if (arrivals_left_-- > 0) events_.push({now_ + generator_.exponential() / world_.arrivals_per_min, ARRIVAL, 0, 0});
  }

  void arrive() {
    ++changes;
    ++tally.joined;
    plan_arrival();
    const int slot = contacts_.add({now_});
    if (idle_ > 0) {
      --idle_;
      start_service(slot);
      return;
    }
    ++tally.waited;
    queue_.push(slot, contacts_.generation(slot));
    if (world_.patience_mean_min > 0) {
      const double leaves = now_ + world_.patience_mean_min * generator_.exponential();
      events_.push({leaves, ABANDONMENT, slot, contacts_.generation(slot)});
    }
  }

  void start_service(int slot) {
    tally.wait_sum_min += now_ - contacts_[slot].arrived;
    contacts_.make_stale(slot);
    events_.push({now_ + generator_.exponential(), SERVICE_END, slot, contacts_.generation(slot)});
  }

  void end_service(int slot) {
    ++changes;
    contacts_.remove(slot);
    const int next = queue_.pop(contacts_);
    if (next >= 0) {
      start_service(next);
    } else {
      ++idle_;
    }
  }

  void abandon(const Event& event) {
    if (contacts_.generation(event.slot) != event.generation) return;
    ++changes;
    ++tally.abandoned;
    tally.wait_sum_min += now_ - contacts_[event.slot].arrived;
    contacts_.remove(event.slot);
  }

  const OneQueue world_;
  Generator generator_;
  EventList events_;
  Contacts<Contact> contacts_;
  Queue queue_;
  std::int64_t arrivals_left_;
  int idle_;
  double now_ = 0;
};

inline Answer w1(std::uint64_t seed, std::int64_t customers) {
  Simulation simulation(W1, seed, customers);
  simulation.run();
  return answer_of_w1(simulation.changes, simulation.tally);
}

inline Answer w2(std::uint64_t seed, std::int64_t customers) {
  Simulation simulation(W2, seed, customers);
  simulation.run();
  return answer_of_w2(simulation.changes, simulation.tally);
}
}  // namespace one_queue
