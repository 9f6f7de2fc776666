// Parts of W4 in the best design: the cursor of all arrivals, desks, and what comes later.
#pragma once
#include <array>
#include <cstdint>

#include "../workloads.hpp"
#include "parts.hpp"

namespace network {
/// The next arrival of all channels together; which channel it is, is drawn when it comes.
class Arrivals {
 public:
  enum Channel { PHONE_CALL, WEB_FORM, SITE_VISIT };
  Arrivals() {
    for (int hour = 0; hour < 24; ++hour) {
      phone_upto_[hour] = rate_per_min(PHONE, hour);
      web_upto_[hour] = phone_upto_[hour] + rate_per_min(WEB, hour);
      rate_[hour] = web_upto_[hour] + rate_per_min(VISIT, hour);
    }
  }
  double time() const { return time_; }

  /// What is left of a unit exponential at the end of an hour counts at the rate of the next.
  void plan(double unit) {
    while (unit >= (hour_ends_ - time_) * rate_[hour_]) {
      unit -= (hour_ends_ - time_) * rate_[hour_];
      time_ = hour_ends_;
      hour_ends_ += 60;
      hour_ = (hour_ + 1) % 24;
    }
    time_ += unit / rate_[hour_];
  }

  Channel channel(double uniform) const {
    const double at = uniform * rate_[hour_];
    return at < phone_upto_[hour_] ? PHONE_CALL : at < web_upto_[hour_] ? WEB_FORM : SITE_VISIT;
  }

 private:
  std::array<double, 24> rate_, phone_upto_, web_upto_;
  double time_ = 0, hour_ends_ = 60;
  int hour_ = 0;
};

struct Later {
  enum Kind : std::uint8_t { PHONE_PATIENCE, PHONE_CONTACT, VISIT_CONTACT, STOP };
  double time;
  Kind kind;
  int attempt = 0, priority = 0;  // by phone
  std::uint32_t position = 0;     // in the queue, of one who waits by phone
  bool operator>(const Later& other) const { return time > other.time; }
};

constexpr int servers_in_all() {
  int servers = PHONE_SERVERS + WEB_SERVERS + SITES * SPECIALISTS;
  for (int site = 0; site < SITES; ++site) servers += front_servers(site);
  return servers;
}
constexpr int SERVERS = servers_in_all();

/// What the desks of one kind have in common.
struct Work {
  Tally& tally;
  double mean_min, patience_mean_min;
  Ahead<Lognormal>& factor;
};

/// Those who serve have numbers in all; a desk has a few of them in a row.
template <int PRIORITIES>
struct Desk {
  int first_server = 0;
  std::uint32_t idle = 0;
  std::array<Ring<Waiting>, PRIORITIES> queues{};
  void open(int& next_server, int servers) {
    first_server = next_server;
    idle = ~0u >> (32 - servers);
    next_server += servers;
  }
};
}  // namespace network
