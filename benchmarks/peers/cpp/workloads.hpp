// The workloads as figures, times in minutes, and what both peers count while they run.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

/// W1 (no patience) and W2: one queue, first come first served. Service has mean 1.
struct OneQueue {
  int servers;
  double arrivals_per_min;
  double patience_mean_min;  // 0: nobody leaves
};
constexpr OneQueue W1{10, 9.0, 0.0};
constexpr OneQueue W2{20, 22.0, 2.0};

/// What happened to the contacts that joined a queue; who abandons has waited until he left.
struct Tally {
  std::int64_t joined = 0, waited = 0, abandoned = 0;
  double wait_sum_min = 0;
  double mean_wait() const { return wait_sum_min / static_cast<double>(joined); }
  double abandon_share() const { return static_cast<double>(abandoned) / static_cast<double>(joined); }
  double waited_share() const { return static_cast<double>(waited) / static_cast<double>(joined); }
};

/// W3: five types, four groups of agents; -1 ends a list.
namespace skills {
constexpr int TYPES = 5, GROUPS = 4, AGENTS = 40;
constexpr double OFFERED[TYPES] = {12, 8, 6, 7, 7};
constexpr double SERVICE_MEAN_MIN[TYPES] = {4, 6, 8, 7, 10};
constexpr double PATIENCE_MEAN_MIN[TYPES] = {6, 8, 10, 5, 30};
constexpr double SERVICE_CV = 1;
constexpr int GROUPS_OF_TYPE[TYPES][GROUPS] = {{0, 1, -1, -1}, {1, 0, -1, -1}, {1, 2, 3, -1}, {2, 3, -1, -1}, {3, -1, -1, -1}};
constexpr int AGENTS_OF_GROUP[GROUPS] = {12, 10, 8, 10};
constexpr int TYPES_OF_GROUP[GROUPS][GROUPS] = {{0, 1, -1, -1}, {1, 0, 2, -1}, {3, 2, -1, -1}, {4, 3, 2, -1}};
constexpr double arrivals_per_min(int type) { return OFFERED[type] / SERVICE_MEAN_MIN[type]; }
}  // namespace skills

/// W4: a regional network of phone, web and 16 sites with a front and a specialist desk each.
namespace network {
constexpr int SITES = 16, PHONE_SERVERS = 32, WEB_SERVERS = 16, SPECIALISTS = 2;
constexpr int front_servers(int site) { return site <= 10 ? 2 : 3; }
constexpr double DAY_MIN = 1440;

struct Channel {
  double contacts_per_day;
  int opens_hour, closes_hour;
  double weights[15];
};
constexpr Channel PHONE{2880, 8, 18, {.6, 1.2, 1.5, 1.4, 1, .9, 1.1, 1, .8, .5}};
constexpr Channel WEB{1500, 7, 22, {.4, .8, 1.2, 1.4, 1.3, 1, .9, 1, 1.1, 1, .9, 1, 1.2, 1.1, .7}};
constexpr Channel VISIT{1600, 9, 17, {1.3, 1.5, 1.2, .8, .7, .9, 1, .6}};

constexpr double PHONE_PATIENCE_MEAN_MIN = 4, FRONT_PATIENCE_MEAN_MIN = 45, SPECIALIST_PATIENCE_MEAN_MIN = 90;
constexpr double PHONE_SERVICE_MEAN_MIN = 5, WEB_SERVICE_MEAN_MIN = 6, FRONT_SERVICE_MEAN_MIN = 6, SPECIALIST_SERVICE_MEAN_MIN = 15;
constexpr double PHONE_CV = 1, WEB_CV = 1, FRONT_CV = .8, SPECIALIST_CV = .7;
constexpr int LAST_REDIAL_AFTER = 2;  // nobody redials after the third abandonment
constexpr double REDIAL_SHARE = .6, REDIAL_AFTER_MEAN_MIN = 20, VISIT_AFTER_MEAN_MIN = 120;
constexpr double VISIT_AFTER_ABANDONMENT_SHARE = .3, VISIT_AFTER_PHONE_SHARE = .08;
constexpr double WEB_FAILURE_SHARE = .15, PHONE_AFTER_WEB_MEAN_MIN = 10;
constexpr double SPECIALIST_SHARE = .35, SPECIALIST_URGENT_SHARE = .3;

/// Contacts a minute in an hour of the day; the weights are brought to mean 1.
inline double rate_per_min(const Channel& channel, int hour) {
  if (hour < channel.opens_hour || hour >= channel.closes_hour) return 0;
  const int hours = channel.closes_hour - channel.opens_hour;
  double sum = 0;
  for (int i = 0; i < hours; ++i) sum += channel.weights[i];
  return channel.contacts_per_day / 60 * channel.weights[hour - channel.opens_hour] / sum;
}

/// When a contact that comes at `time` finds the doors open; `uniform` spreads the first hour.
inline double when_open(const Channel& channel, double time, double uniform) {
  const double midnight = DAY_MIN * std::floor(time / DAY_MIN);
  const double opens = midnight + 60 * channel.opens_hour, closes = midnight + 60 * channel.closes_hour;
  if (time >= opens && time < closes) return time;
  return (time < opens ? opens : opens + DAY_MIN) + 60 * uniform;
}

/// The site of a contact, from a uniform number.
class Sites {
 public:
  Sites() {
    double sum = 0;
    for (int site = 0; site < SITES; ++site) upto_[site] = sum += (0.6 + 0.8 * site / 15.0) / SITES;
  }
  int operator()(double uniform) const {
    int site = 0;
    for (int i = 0; i + 1 < SITES; ++i) site += uniform >= upto_[i];
    return site;
  }

 private:
  std::array<double, SITES> upto_;
};

struct Tallies {
  Tally phone, web, front, specialist;
};
}  // namespace network
