// Command line and answer of a peer: PROGRAM WORKLOAD SEED [CUSTOMERS_OR_DAYS] prints one line of JSON.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "workloads.hpp"

struct Answer {
  std::int64_t events = 0;
  std::vector<std::pair<std::string, double>> values;
};

inline Answer answer_of_w1(std::int64_t events, const Tally& all) {
  return {events, {{"p_wait", all.waited_share()}, {"mean_wait", all.mean_wait()}}};
}

inline Answer answer_of_w2(std::int64_t events, const Tally& all) {
  return {events, {{"p_abandon", all.abandon_share()}, {"mean_wait", all.mean_wait()}}};
}

inline Answer answer_of_w3(std::int64_t events, const std::array<Tally, skills::TYPES>& types) {
  Answer answer{events, {}};
  for (int type = 0; type < skills::TYPES; ++type) answer.values.emplace_back("mean_wait_" + std::to_string(type), types[type].mean_wait());
  return answer;
}

inline Answer answer_of_w4(std::int64_t events, const network::Tallies& by, double days) {
  return {events,
          {{"phone_abandon_share", by.phone.abandon_share()},
           {"phone_mean_wait", by.phone.mean_wait()},
           {"web_mean_wait", by.web.mean_wait()},
           {"front_mean_wait", by.front.mean_wait()},
           {"specialist_mean_wait", by.specialist.mean_wait()},
           {"specialist_abandon_share", by.specialist.abandon_share()},
           {"phone_contacts_a_day", static_cast<double>(by.phone.joined) / days},
           {"web_contacts_a_day", static_cast<double>(by.web.joined) / days},
           {"front_contacts_a_day", static_cast<double>(by.front.joined) / days},
           {"specialist_contacts_a_day", static_cast<double>(by.specialist.joined) / days}}};
}

/// A whole number above zero, or the end of the program with a message.
inline std::int64_t whole_number(const char* text, const char* what, std::int64_t least) {
  char* end = nullptr;
  const long long value = std::strtoll(text, &end, 10);
  if (end == text || *end != '\0' || value < least) {
    std::fprintf(stderr, "%s must be a whole number of at least %lld, not '%s'\n", what, static_cast<long long>(least), text);
    std::exit(2);
  }
  return value;
}

/// Takes a seed and the number of customers (W4: of days).
using Workload = Answer (*)(std::uint64_t seed, std::int64_t size);

/// The time of a run is the processor's, without the start of the process.
inline int run_peer(int argc, char** argv, const char* peer, const std::array<Workload, 4>& workloads) {
  constexpr std::array<std::int64_t, 4> SIZES{1'000'000, 1'000'000, 500'000, 25};
  const bool known = argc >= 3 && argc <= 4 && std::strlen(argv[1]) == 2 && argv[1][0] == 'W' && argv[1][1] >= '1' && argv[1][1] <= '4';
  if (!known) {
    std::fprintf(stderr, "usage: %s W1|W2|W3|W4 SEED [CUSTOMERS, for W4 DAYS]\n", argv[0]);
    return 2;
  }
  const auto which = static_cast<std::size_t>(argv[1][1] - '1');
  const auto seed = static_cast<std::uint64_t>(whole_number(argv[2], "SEED", 0));
  const std::int64_t size = argc == 4 ? whole_number(argv[3], "CUSTOMERS_OR_DAYS", 1) : SIZES[which];
  const std::clock_t start = std::clock();
  const Answer answer = workloads[which](seed, size);
  const double cpu_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("{\"workload\": \"%s\", \"peer\": \"%s\", \"events\": %lld, \"cpu_s\": %.6f, \"answers\": {", argv[1], peer,
              static_cast<long long>(answer.events), cpu_s);
  const char* separator = "";
  for (const auto& [name, value] : answer.values) {
    if (std::isfinite(value)) {
      std::printf("%s\"%s\": %.9g", separator, name.c_str(), value);
    } else {
      std::printf("%s\"%s\": null", separator, name.c_str());  // nobody came
    }
    separator = ", ";
  }
  std::printf("}}\n");
  return 0;
}
