// W4: one cursor for the arrivals of all channels, one scan for all service ends, a small heap for contacts that come back later. Only who
// waits by phone has a timer there, as his abandonment starts something; at the sites the dead are dropped when they reach the head.
#pragma once
#include <functional>
#include <queue>

#include "../report.hpp"
#include "parts.hpp"

namespace network {
struct Waiting {
  double arrived, leaves;
};

struct Later {
  enum Kind : std::uint8_t { PHONE_PATIENCE, PHONE_CONTACT, VISIT_CONTACT, STOP };
  double time;
  std::uint32_t position;  // in the queue, of one who waits by phone
  Kind kind;
  std::uint8_t attempt, priority;
  bool operator>(const Later& other) const { return time > other.time; }
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, double days)
      : generator_(seed, 0), exponential_(Exponential{}, seed, 1), phone_or_web_service_(Lognormal(PHONE_CV), seed, 2),
        front_service_(Lognormal(FRONT_CV), seed, 3), specialist_service_(Lognormal(SPECIALIST_CV), seed, 4) {
    static_assert(PHONE_CV == WEB_CV, "one block of draws serves both");
    for (int hour = 0; hour < 24; ++hour) {
      phone_upto_[hour] = rate_per_min(PHONE, hour);
      web_upto_[hour] = phone_upto_[hour] + rate_per_min(WEB, hour);
      rate_[hour] = web_upto_[hour] + rate_per_min(VISIT, hour);
    }
    for (int site = 0; site < SITES; ++site) {
      front_[site].idle = (1u << front_servers(site)) - 1;
      specialist_[site].idle = (1u << SPECIALISTS) - 1;
    }
    later_.push({days * DAY_MIN, 0, Later::STOP, 0, 0});
  }

  void run() {
    plan_arrival();
    for (;;) {
      const double later = later_.top().time;
      if (arrival_ < ends_.time() && arrival_ < later) {
        arrive();
        plan_arrival();
      } else if (ends_.time() < later) {
        end_service(ends_.time(), ends_.server());
      } else {
        const Later next = later_.top();
        if (next.kind == Later::STOP) break;
        later_.pop();
        happen(next);
      }
    }
    for (Desk<1>& desk : front_) drop_dead(desk.queues[0], by.front, later_.top().time);
    for (Desk<2>& desk : specialist_) {
      for (Ring<Waiting>& queue : desk.queues) drop_dead(queue, by.specialist, later_.top().time);
    }
    changes += by.phone.joined + by.web.joined + by.front.joined + by.specialist.joined;
    changes += by.phone.abandoned + by.front.abandoned + by.specialist.abandoned;
  }
  std::int64_t changes = 0;
  Tallies by{};

 private:
  /// Who serves has a number in all: phone from 0, web, three for each front desk, two for each specialist desk.
  static constexpr int FIRST_WEB = PHONE_SERVERS, FIRST_FRONT = FIRST_WEB + WEB_SERVERS, FRONT_PLACES = 3;
  static constexpr int FIRST_SPECIALIST = FIRST_FRONT + SITES * FRONT_PLACES, SERVERS = FIRST_SPECIALIST + SITES * SPECIALISTS;
  template <int PRIORITIES>
  struct Desk {
    std::uint32_t idle;
    std::array<Ring<Waiting>, PRIORITIES> queues{};
  };

  /// What is left of a unit exponential at the end of an hour counts at the rate of the next.
  void plan_arrival() {
    double unit = exponential_();
    while (unit >= (hour_ends_ - arrival_) * rate_[hour_]) {
      unit -= (hour_ends_ - arrival_) * rate_[hour_];
      arrival_ = hour_ends_;
      hour_ends_ += 60;
      hour_ = (hour_ + 1) % 24;
    }
    arrival_ += unit / rate_[hour_];
  }

  void arrive() {
    const double at = generator_.uniform() * rate_[hour_];
    if (at < phone_upto_[hour_]) {
      join_phone(arrival_, 1, 1);
    } else if (at < web_upto_[hour_]) {
      join(web_, 0, FIRST_WEB, by.web, arrival_, WEB_SERVICE_MEAN_MIN, phone_or_web_service_, NEVER);
    } else {
      join_front(arrival_);
    }
  }

  template <int PRIORITIES>
  bool join(Desk<PRIORITIES>& desk, int priority, int first_server, Tally& tally, double now, double service_mean_min,
            Ahead<Lognormal>& service, double patience_mean_min) {
    ++tally.joined;
    if (desk.idle != 0) {
      const int server = first_server + __builtin_ctz(desk.idle);
      desk.idle &= desk.idle - 1;
      ends_.start(server, now + service_mean_min * service());
      return false;
    }
    ++tally.waited;
    desk.queues[priority].push({now, patience_mean_min < NEVER ? now + patience_mean_min * exponential_() : NEVER});
    return true;
  }
  void join_phone(double now, int attempt, int priority) {
    Ring<Waiting>& queue = phone_.queues[priority];
    if (!join(phone_, priority, 0, by.phone, now, PHONE_SERVICE_MEAN_MIN, phone_or_web_service_, PHONE_PATIENCE_MEAN_MIN)) return;
    later_.push({queue.back().leaves, queue.end() - 1, Later::PHONE_PATIENCE, std::uint8_t(attempt), std::uint8_t(priority)});
  }
  /// The home site matters only now, and is drawn now for all who visit.
  void join_front(double now) {
    const int site = sites_(generator_.uniform());
    const int first = FIRST_FRONT + FRONT_PLACES * site;
    join(front_[site], 0, first, by.front, now, FRONT_SERVICE_MEAN_MIN, front_service_, FRONT_PATIENCE_MEAN_MIN);
  }
  void join_specialist(double now, int site) {
    const int priority = chance(SPECIALIST_URGENT_SHARE) ? 0 : 1, first = FIRST_SPECIALIST + SPECIALISTS * site;
    join(specialist_[site], priority, first, by.specialist, now, SPECIALIST_SERVICE_MEAN_MIN, specialist_service_,
         SPECIALIST_PATIENCE_MEAN_MIN);
  }

  void end_service(double now, int server) {
    ++changes;
    if (server < FIRST_WEB) {
      serve_next<false>(phone_, server, by.phone, now, PHONE_SERVICE_MEAN_MIN, phone_or_web_service_);
      if (chance(VISIT_AFTER_PHONE_SHARE)) visit_later(now);
    } else if (server < FIRST_FRONT) {
      serve_next<false>(web_, server - FIRST_WEB, by.web, now, WEB_SERVICE_MEAN_MIN, phone_or_web_service_);
      if (chance(WEB_FAILURE_SHARE)) phone_later(now + PHONE_AFTER_WEB_MEAN_MIN * exponential_(), 1, 0);
    } else if (server < FIRST_SPECIALIST) {
      const int site = (server - FIRST_FRONT) / FRONT_PLACES, place = (server - FIRST_FRONT) % FRONT_PLACES;
      serve_next<true>(front_[site], place, by.front, now, FRONT_SERVICE_MEAN_MIN, front_service_);
      if (chance(SPECIALIST_SHARE)) join_specialist(now, site);
    } else {
      const int site = (server - FIRST_SPECIALIST) / SPECIALISTS, place = (server - FIRST_SPECIALIST) % SPECIALISTS;
      serve_next<true>(specialist_[site], place, by.specialist, now, SPECIALIST_SERVICE_MEAN_MIN, specialist_service_);
    }
  }

  /// A timer counts who abandons by phone, so that his place in the queue is passed over in silence.
  template <bool COUNTS_DEAD, int PRIORITIES>
  void serve_next(Desk<PRIORITIES>& desk, int place, Tally& tally, double now, double service_mean_min, Ahead<Lognormal>& service) {
    for (Ring<Waiting>& queue : desk.queues) {
      drop_dead<COUNTS_DEAD>(queue, tally, now);
      if (queue.empty()) continue;
      tally.wait_sum_min += now - queue.front().arrived;
      queue.pop();
      ends_.restart_first(now + service_mean_min * service());
      return;
    }
    desk.idle |= 1u << place;
    ends_.stop_first();
  }
  template <bool COUNTS_DEAD = true>
  static void drop_dead(Ring<Waiting>& queue, Tally& tally, double now) {
    for (; !queue.empty() && queue.front().leaves <= now; queue.pop()) {
      if (COUNTS_DEAD) count_abandoned(tally, queue.front());
    }
  }
  static void count_abandoned(Tally& tally, const Waiting& waiting) {
    ++tally.abandoned;
    tally.wait_sum_min += waiting.leaves - waiting.arrived;
  }

  void happen(const Later& next) {
    if (next.kind == Later::VISIT_CONTACT) return join_front(next.time);
    if (next.kind == Later::PHONE_CONTACT) return join_phone(next.time, next.attempt, next.priority);
    Ring<Waiting>& queue = phone_.queues[next.priority];
    if (!queue.holds(next.position)) return;  // served before
    count_abandoned(by.phone, queue[next.position]);
    if (next.attempt <= LAST_REDIAL_AFTER && chance(REDIAL_SHARE)) {
      phone_later(next.time + REDIAL_AFTER_MEAN_MIN * exponential_(), next.attempt + 1, next.priority);
    } else if (chance(VISIT_AFTER_ABANDONMENT_SHARE)) {
      visit_later(next.time);
    }
  }
  void phone_later(double time, int attempt, int priority) {
    later_.push({when_open(PHONE, time, generator_.uniform()), 0, Later::PHONE_CONTACT, std::uint8_t(attempt), std::uint8_t(priority)});
  }
  void visit_later(double now) {
    const double time = now + VISIT_AFTER_MEAN_MIN * exponential_();
    later_.push({when_open(VISIT, time, generator_.uniform()), 0, Later::VISIT_CONTACT, 0, 0});
  }
  bool chance(double share) { return generator_.uniform() < share; }

  Generator generator_;
  Ahead<Exponential> exponential_;
  Ahead<Lognormal> phone_or_web_service_, front_service_, specialist_service_;
  Ends<SERVERS> ends_;
  std::priority_queue<Later, std::vector<Later>, std::greater<Later>> later_;
  Desk<2> phone_{~0u >> (32 - PHONE_SERVERS)};
  Desk<1> web_{(1u << WEB_SERVERS) - 1};
  std::array<Desk<1>, SITES> front_;
  std::array<Desk<2>, SITES> specialist_;
  const Sites sites_;
  std::array<double, 24> rate_, phone_upto_, web_upto_;
  double arrival_ = 0, hour_ends_ = 60;
  int hour_ = 0;
};

inline Answer w4(std::uint64_t seed, std::int64_t days) {
  Simulation simulation(seed, static_cast<double>(days));
  simulation.run();
  return answer_of_w4(simulation.changes, simulation.by, static_cast<double>(days));
}
}  // namespace network
