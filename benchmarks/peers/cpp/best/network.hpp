// W4: one cursor for the arrivals of all channels, one scan for all service ends, a small heap for contacts that come back later. Only who
// waits by phone has a timer there, as his abandonment starts something; at the sites the dead are dropped when they reach the head.
#pragma once
#include <functional>
#include <queue>

#include "../report.hpp"
#include "network_parts.hpp"

namespace network {
class Simulation {
 public:
  Simulation(std::uint64_t seed, double days)
      : until_(days * DAY_MIN), generator_(seed, 0), exponential_(Exponential{}, seed, 1), lognormal_(Lognormal(PHONE_CV), seed, 2),
        front_lognormal_(Lognormal(FRONT_CV), seed, 3), specialist_lognormal_(Lognormal(SPECIALIST_CV), seed, 4) {
    static_assert(PHONE_CV == WEB_CV, "one block of draws serves both");
    int server = 0;
    phone_.open(server, PHONE_SERVERS);
    web_.open(server, WEB_SERVERS);
    for (int site = 0; site < SITES; ++site) front_[site].open(server, front_servers(site));
    for (int site = 0; site < SITES; ++site) specialist_[site].open(server, SPECIALISTS);
    for (int site = 0; site < SITES; ++site) {
      for (int i = 0; i < front_servers(site); ++i) site_of_[front_[site].first_server + i] = site;
      for (int i = 0; i < SPECIALISTS; ++i) site_of_[specialist_[site].first_server + i] = site;
    }
  }

  void run() {
    later_.push({until_, Later::STOP});
    arrivals_.plan(exponential_());
    for (;;) {
      const Later& later = later_.top();
      if (arrivals_.time() < ends_.time() && arrivals_.time() < later.time) {
        arrive(arrivals_.time());
        arrivals_.plan(exponential_());
      } else if (ends_.time() < later.time) {
        end_service(ends_.time(), ends_.server());
      } else if (later.kind != Later::STOP) {
        const Later next = later;
        later_.pop();
        happen(next);
      } else {
        break;
      }
    }
    for (int site = 0; site < SITES; ++site) {
      count_dead_at_end(front_[site], at_front_);
      count_dead_at_end(specialist_[site], at_specialist_);
    }
    for (const Tally* tally : {&by.phone, &by.web, &by.front, &by.specialist}) changes += tally->joined + tally->abandoned;
  }
  std::int64_t changes = 0;
  Tallies by{};

 private:
  void arrive(double now) {
    switch (arrivals_.channel(generator_.uniform())) {
      case Arrivals::PHONE_CALL: join_phone(now, 1, 1); break;
      case Arrivals::WEB_FORM: join(web_, 0, at_web_, now); break;
      case Arrivals::SITE_VISIT: visit(now); break;
    }
  }

  /// Whether the contact has to wait.
  template <int PRIORITIES>
  bool join(Desk<PRIORITIES>& desk, int priority, const Work& work, double now) {
    ++work.tally.joined;
    if (desk.idle != 0) {
      const int server = desk.first_server + __builtin_ctz(desk.idle);
      desk.idle &= desk.idle - 1;
      ends_.start(server, now + work.mean_min * work.factor());
      return false;
    }
    ++work.tally.waited;
    desk.queues[priority].push({now, now + work.patience_mean_min * exponential_()});
    return true;
  }
  void join_phone(double now, int attempt, int priority) {
    if (!join(phone_, priority, at_phone_, now)) return;
    Ring<Waiting>& queue = phone_.queues[priority];
    later_.push({queue.back().leaves, Later::PHONE_PATIENCE, attempt, priority, queue.end() - 1});
  }
  /// The home site matters only now, and is drawn now for all who visit.
  void visit(double now) { join(front_[sites_(generator_.uniform())], 0, at_front_, now); }

  void end_service(double now, int server) {
    ++changes;
    if (server < web_.first_server) {
      serve_next<false>(phone_, server, at_phone_, now);
      if (chance(VISIT_AFTER_PHONE_SHARE)) visit_later(now);
    } else if (server < front_[0].first_server) {
      serve_next<false>(web_, server, at_web_, now);
      if (chance(WEB_FAILURE_SHARE)) phone_later(now + PHONE_AFTER_WEB_MEAN_MIN * exponential_(), 1, 0);
    } else if (server < specialist_[0].first_server) {
      const int site = site_of_[server];
      serve_next<true>(front_[site], server, at_front_, now);
      if (chance(SPECIALIST_SHARE)) join(specialist_[site], chance(SPECIALIST_URGENT_SHARE) ? 0 : 1, at_specialist_, now);
    } else {
      serve_next<true>(specialist_[site_of_[server]], server, at_specialist_, now);
    }
  }

  /// By phone a timer has counted the dead already.
  template <bool COUNTS_DEAD, int PRIORITIES>
  void serve_next(Desk<PRIORITIES>& desk, int server, const Work& work, double now) {
    for (Ring<Waiting>& queue : desk.queues) {
      for (; !queue.empty(); queue.pop()) {
        const Waiting& first = queue.front();
        if (first.leaves > now) {
          work.tally.wait_sum_min += now - first.arrived;
          queue.pop();
          ends_.restart_first(now + work.mean_min * work.factor());
          return;
        }
        if (COUNTS_DEAD) count_abandoned(first, work);
      }
    }
    desk.idle |= 1u << (server - desk.first_server);
    ends_.stop_first();
  }
  static void count_abandoned(const Waiting& waiting, const Work& work) {
    ++work.tally.abandoned;
    work.tally.wait_sum_min += waiting.leaves - waiting.arrived;
  }
  template <int PRIORITIES>
  void count_dead_at_end(Desk<PRIORITIES>& desk, const Work& work) {
    for (Ring<Waiting>& queue : desk.queues) {
      for (; !queue.empty(); queue.pop()) {
        if (queue.front().leaves < until_) count_abandoned(queue.front(), work);
      }
    }
  }

  void happen(const Later& next) {
    if (next.kind == Later::VISIT_CONTACT) return visit(next.time);
    if (next.kind == Later::PHONE_CONTACT) return join_phone(next.time, next.attempt, next.priority);
    Ring<Waiting>& queue = phone_.queues[next.priority];
    if (!queue.holds(next.position)) return;  // served before
    count_abandoned(queue[next.position], at_phone_);
    if (next.attempt <= LAST_REDIAL_AFTER && chance(REDIAL_SHARE)) {
      phone_later(next.time + REDIAL_AFTER_MEAN_MIN * exponential_(), next.attempt + 1, next.priority);
    } else if (chance(VISIT_AFTER_ABANDONMENT_SHARE)) {
      visit_later(next.time);
    }
  }
  void phone_later(double time, int attempt, int priority) {
    later_.push({when_open(PHONE, time, generator_.uniform()), Later::PHONE_CONTACT, attempt, priority});
  }
  void visit_later(double now) {
    later_.push({when_open(VISIT, now + VISIT_AFTER_MEAN_MIN * exponential_(), generator_.uniform()), Later::VISIT_CONTACT});
  }
  bool chance(double share) { return generator_.uniform() < share; }

  const double until_;
  Arrivals arrivals_;
  Generator generator_;
  Ahead<Exponential> exponential_;
  Ahead<Lognormal> lognormal_, front_lognormal_, specialist_lognormal_;
  const Work at_phone_{by.phone, PHONE_SERVICE_MEAN_MIN, PHONE_PATIENCE_MEAN_MIN, lognormal_};
  const Work at_web_{by.web, WEB_SERVICE_MEAN_MIN, NEVER, lognormal_};
  const Work at_front_{by.front, FRONT_SERVICE_MEAN_MIN, FRONT_PATIENCE_MEAN_MIN, front_lognormal_};
  const Work at_specialist_{by.specialist, SPECIALIST_SERVICE_MEAN_MIN, SPECIALIST_PATIENCE_MEAN_MIN, specialist_lognormal_};
  Ends<SERVERS> ends_;
  std::priority_queue<Later, std::vector<Later>, std::greater<Later>> later_;
  Desk<2> phone_;
  Desk<1> web_;
  std::array<Desk<1>, SITES> front_;
  std::array<Desk<2>, SITES> specialist_;
  std::array<int, SERVERS> site_of_{};
  const Sites sites_;
};

inline Answer w4(std::uint64_t seed, std::int64_t days) {
  Simulation simulation(seed, static_cast<double>(days));
  simulation.run();
  return answer_of_w4(simulation.changes, simulation.by, static_cast<double>(days));
}
}  // namespace network
