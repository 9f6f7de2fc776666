// W3: one cursor for the arrivals of all types, service ends are scanned, who has lost patience is dropped when he reaches the head.
#pragma once
#include "../report.hpp"
#include "parts.hpp"

namespace skills {
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed)
      : generator_(seed, 0), exponential_(Exponential{}, seed, 1), service_(Lognormal(SERVICE_CV), seed, 2) {
    double rate = 0;
    for (int type = 0; type < TYPES; ++type) upto_[type] = rate += arrivals_per_min(type);
    gap_min_ = 1 / rate;
    int agent = 0;
    for (int group = 0; group < GROUPS; ++group) {
      for (int i = 0; i < AGENTS_OF_GROUP[group]; ++i, ++agent) {
        group_of_[agent] = group;
        idle_[group] |= std::uint64_t{1} << agent;
      }
    }
  }

  void run(std::int64_t customers) {
    std::int64_t left = customers;
    double arrival = gap_min_ * exponential_();
    while (arrival < NEVER || !ends_.none()) {
      if (arrival < ends_.time()) {
        arrive(arrival);
        arrival = --left > 0 ? arrival + gap_min_ * exponential_() : NEVER;
      } else {
        serve_next(ends_.time());
      }
    }
    changes = 2 * customers;  // everybody arrives, and everybody is served or leaves
  }
  std::int64_t changes = 0;
  std::array<Tally, TYPES> tallies{};

 private:
  int type_of_arrival() {
    const double at = generator_.uniform() * upto_[TYPES - 1];
    int type = 0;
    for (int i = 0; i + 1 < TYPES; ++i) type += at >= upto_[i];
    return type;
  }

  void arrive(double now) {
    const int type = type_of_arrival();
    ++tallies[type].joined;
    for (const int group : GROUPS_OF_TYPE[type]) {
      if (group < 0) break;
      if (idle_[group] != 0) {
        const int agent = __builtin_ctzll(idle_[group]);
        idle_[group] &= idle_[group] - 1;
        ends_.start(agent, now + SERVICE_MEAN_MIN[type] * service_());
        return;
      }
    }
    ++tallies[type].waited;
    queues_[type].push({now, now + PATIENCE_MEAN_MIN[type] * exponential_()});
  }

  void serve_next(double now) {
    const int agent = ends_.server();
    const int group = group_of_[agent];
    for (const int type : TYPES_OF_GROUP[group]) {
      if (type < 0) break;
      Ring<Waiting>& queue = queues_[type];
      while (!queue.empty()) {
        const Waiting first = queue.front();
        queue.pop();
        if (first.leaves > now) {
          tallies[type].wait_sum_min += now - first.arrived;
          ends_.restart_first(now + SERVICE_MEAN_MIN[type] * service_());
          return;
        }
        ++tallies[type].abandoned;
        tallies[type].wait_sum_min += first.leaves - first.arrived;
      }
    }
    idle_[group] |= std::uint64_t{1} << agent;
    ends_.stop_first();
  }

  Generator generator_;
  Ahead<Exponential> exponential_;
  Ahead<Lognormal> service_;
  Ends<AGENTS> ends_;
  std::array<Ring<Waiting>, TYPES> queues_;
  std::array<std::uint64_t, GROUPS> idle_{};
  std::array<int, AGENTS> group_of_{};
  std::array<double, TYPES> upto_{};
  double gap_min_;
};

inline Answer w3(std::uint64_t seed, std::int64_t customers) {
  Simulation simulation(seed);
  simulation.run(customers);
  return answer_of_w3(simulation.changes, simulation.tallies);
}
}  // namespace skills
