// W4 with a general event list.
#pragma once
#include "../chance.hpp"
#include "../report.hpp"
#include "events.hpp"

namespace network {
enum Kind { HOUR, NEW_PHONE, NEW_WEB, NEW_VISIT, PHONE_CONTACT, FRONT_CONTACT, SERVICE_END, ABANDONMENT };
enum Desk { AT_PHONE, AT_WEB, AT_FRONT, AT_SPECIALIST, DESKS };

struct Contact {
  double arrived;
  int site;
  Desk desk;
  int attempt;  // by phone
  int priority;
};

struct Station {
  int idle = 0;
  std::array<Queue, 2> queues{};  // by priority
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, double days) : generator_(seed), until_(days * DAY_MIN) {
    stations_[AT_PHONE][0].idle = PHONE_SERVERS;
    stations_[AT_WEB][0].idle = WEB_SERVERS;
    for (int site = 0; site < SITES; ++site) {
      stations_[AT_FRONT][site].idle = front_servers(site);
      stations_[AT_SPECIALIST][site].idle = SPECIALISTS;
    }
  }

  void run() {
    events_.push({0, HOUR, 0, 0});
    while (events_.top().time < until_) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      switch (event.kind) {
        case HOUR: start_hour(event.slot); break;
        case NEW_PHONE:
        case NEW_WEB:
        case NEW_VISIT: arrive(event.kind); break;
        case PHONE_CONTACT:
        case FRONT_CONTACT: join(event.slot); break;
        case SERVICE_END: end_service(event.slot); break;
        case ABANDONMENT: abandon(event); break;
      }
    }
  }
  std::int64_t changes = 0;
  Tallies by{};

 private:
  /// Each stream starts anew in the hour: with exponential gaps nothing is lost by that.
  void start_hour(int hour) {
    hour_ends_ = now_ + 60;
    rates_[NEW_PHONE] = rate_per_min(PHONE, hour);
    rates_[NEW_WEB] = rate_per_min(WEB, hour);
    rates_[NEW_VISIT] = rate_per_min(VISIT, hour);
    for (const Kind kind : {NEW_PHONE, NEW_WEB, NEW_VISIT}) plan_arrival(kind);
    events_.push({hour_ends_, HOUR, (hour + 1) % 24, 0});
  }

  void plan_arrival(int kind) {
    const double time = now_ + generator_.exponential() / rates_[kind];  // infinite without a rate
    if (time < hour_ends_) events_.push({time, kind, 0, 0});
  }

  void arrive(int kind) {
    plan_arrival(kind);
    const Desk desk = kind == NEW_PHONE ? AT_PHONE : kind == NEW_WEB ? AT_WEB : AT_FRONT;
    const int site = sites_(generator_.uniform());
    join(contacts_.add({now_, site, desk, 1, desk == AT_PHONE ? 1 : 0}));
  }

  Station& station(const Contact& contact) { return stations_[contact.desk][contact.desk >= AT_FRONT ? contact.site : 0]; }
  Tally& tally(Desk desk) { return desk == AT_PHONE ? by.phone : desk == AT_WEB ? by.web : desk == AT_FRONT ? by.front : by.specialist; }

  void join(int slot) {
    Contact& contact = contacts_[slot];
    contact.arrived = now_;
    ++changes;
    ++tally(contact.desk).joined;
    Station& at = station(contact);
    if (at.idle > 0) {
      --at.idle;
      start_service(slot);
      return;
    }
    ++tally(contact.desk).waited;
    at.queues[contact.priority].push(slot, contacts_.generation(slot));
    if (contact.desk == AT_WEB) return;
    const double leaves = now_ + PATIENCE_MEAN_MIN[contact.desk] * generator_.exponential();
    events_.push({leaves, ABANDONMENT, slot, contacts_.generation(slot)});
  }

  void start_service(int slot) {
    const Desk desk = contacts_[slot].desk;
    tally(desk).wait_sum_min += now_ - contacts_[slot].arrived;
    contacts_.make_stale(slot);
    events_.push({now_ + SERVICE_MEAN_MIN[desk] * service_[desk](generator_), SERVICE_END, slot, contacts_.generation(slot)});
  }

  void end_service(int slot) {
    ++changes;
    const Contact contact = contacts_[slot];
    contacts_.remove(slot);
    serve_next(station(contact));
    if (contact.desk == AT_PHONE) {
      if (chance(VISIT_AFTER_PHONE_SHARE)) visit_later(contact);
    } else if (contact.desk == AT_WEB) {
      if (chance(WEB_FAILURE_SHARE)) phone_later({0, contact.site, AT_PHONE, 1, 0}, PHONE_AFTER_WEB_MEAN_MIN);
    } else if (contact.desk == AT_FRONT && chance(SPECIALIST_SHARE)) {
      join(contacts_.add({0, contact.site, AT_SPECIALIST, 1, chance(SPECIALIST_URGENT_SHARE) ? 0 : 1}));
    }
  }

  void serve_next(Station& at) {
    for (Queue& queue : at.queues) {
      const int next = queue.pop(contacts_);
      if (next >= 0) {
        start_service(next);
        return;
      }
    }
    ++at.idle;
  }

  void abandon(const Event& event) {
    if (contacts_.generation(event.slot) != event.generation) return;
    ++changes;
    const Contact contact = contacts_[event.slot];
    contacts_.remove(event.slot);
    ++tally(contact.desk).abandoned;
    tally(contact.desk).wait_sum_min += now_ - contact.arrived;
    if (contact.desk != AT_PHONE) return;
    if (contact.attempt <= LAST_REDIAL_AFTER && chance(REDIAL_SHARE)) {
      phone_later({0, contact.site, AT_PHONE, contact.attempt + 1, contact.priority}, REDIAL_AFTER_MEAN_MIN);
    } else if (chance(VISIT_AFTER_ABANDONMENT_SHARE)) {
      visit_later(contact);
    }
  }

  void phone_later(const Contact& contact, double mean_min) { plan(PHONE, PHONE_CONTACT, contact, mean_min); }
  void visit_later(const Contact& contact) { plan(VISIT, FRONT_CONTACT, {0, contact.site, AT_FRONT, 1, 0}, VISIT_AFTER_MEAN_MIN); }
  void plan(const Channel& channel, Kind kind, const Contact& contact, double mean_min) {
    const double time = now_ + mean_min * generator_.exponential();
    events_.push({when_open(channel, time, generator_.uniform()), kind, contacts_.add(contact), 0});
  }
  bool chance(double share) { return generator_.uniform() < share; }

  static constexpr double PATIENCE_MEAN_MIN[DESKS] = {PHONE_PATIENCE_MEAN_MIN, 0, FRONT_PATIENCE_MEAN_MIN, SPECIALIST_PATIENCE_MEAN_MIN};
  static constexpr double SERVICE_MEAN_MIN[DESKS] = {PHONE_SERVICE_MEAN_MIN, WEB_SERVICE_MEAN_MIN, FRONT_SERVICE_MEAN_MIN,
                                                     SPECIALIST_SERVICE_MEAN_MIN};
  const std::array<Lognormal, DESKS> service_{Lognormal(PHONE_CV), Lognormal(WEB_CV), Lognormal(FRONT_CV), Lognormal(SPECIALIST_CV)};
  const Sites sites_;
  Generator generator_;
  const double until_;
  EventList events_;
  Contacts<Contact> contacts_;
  std::array<std::array<Station, SITES>, DESKS> stations_;
  std::array<double, NEW_VISIT + 1> rates_{};
  double now_ = 0, hour_ends_ = 0;
};

inline Answer w4(std::uint64_t seed, std::int64_t days) {
  Simulation simulation(seed, static_cast<double>(days));
  simulation.run();
  return answer_of_w4(simulation.changes, simulation.by, static_cast<double>(days));
}
}  // namespace network
