// W1 and W2: the next arrival is a cursor, service ends are scanned, who has lost patience is dropped when he reaches the head.
#pragma once
#include "../report.hpp"
#include "parts.hpp"

namespace one_queue {
template <int SERVERS, bool PATIENCE>
class Simulation {
 public:
  Simulation(const OneQueue& world, std::uint64_t seed)
      : gap_min_(1 / world.arrivals_per_min), patience_min_(world.patience_mean_min), exponential_(Exponential{}, seed, 0) {}

  void run(std::int64_t customers) {
    tally.joined = customers;
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
  Tally tally;

 private:
  void arrive(double now) {
    if (idle_ != 0) {
      const int server = __builtin_ctz(idle_);
      idle_ &= idle_ - 1;
      ends_.start(server, now + exponential_());
      return;
    }
    ++tally.waited;
    queue_.push({now, PATIENCE ? now + patience_min_ * exponential_() : NEVER});
  }

  void serve_next(double now) {
    while (!queue_.empty()) {
      const Waiting first = queue_.front();
      queue_.pop();
      if (!PATIENCE || first.leaves > now) {
        tally.wait_sum_min += now - first.arrived;
        ends_.restart_first(now + exponential_());
        return;
      }
      ++tally.abandoned;
      tally.wait_sum_min += first.leaves - first.arrived;
    }
    idle_ |= 1u << ends_.server();
    ends_.stop_first();
  }

  const double gap_min_, patience_min_;
  Ahead<Exponential> exponential_;
  Ends<SERVERS> ends_;
  Ring<Waiting> queue_;
  std::uint32_t idle_ = (1u << SERVERS) - 1;
};

inline Answer w1(std::uint64_t seed, std::int64_t customers) {
  Simulation<W1.servers, false> simulation(W1, seed);
  simulation.run(customers);
  return answer_of_w1(simulation.changes, simulation.tally);
}

inline Answer w2(std::uint64_t seed, std::int64_t customers) {
  Simulation<W2.servers, true> simulation(W2, seed);
  simulation.run(customers);
  return answer_of_w2(simulation.changes, simulation.tally);
}
}  // namespace one_queue
