// Chance of both peers: xoshiro256++ (Blackman and Vigna, public domain), exponentials by log, lognormals by the polar method.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

class Generator {
 public:
  /// Streams of one seed, and of neighbouring seeds, have nothing in common. Filled by SplitMix64, as the authors advise.
  explicit Generator(std::uint64_t seed, int stream = 0) {
    seed += static_cast<std::uint64_t>(stream) << 40;
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15u;
      std::uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
      word = mixed ^ (mixed >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// In the open interval (0, 1), so that its log is finite.
  double uniform() { return (static_cast<double>(static_cast<std::int64_t>(next() >> 12)) + 0.5) * 0x1p-52; }
  double exponential() { return -std::log(uniform()); }  // mean 1

  double normal() {
    if (spare_left_) {
      spare_left_ = false;
      return spare_;
    }
    double x, y, square;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1);
    const double scale = std::sqrt(-2 * std::log(square) / square);
    spare_ = y * scale;
    spare_left_ = true;
    return x * scale;
  }

 private:
  static std::uint64_t rotate(std::uint64_t word, int by) { return (word << by) | (word >> (64 - by)); }
  std::array<std::uint64_t, 4> state_;
  double spare_ = 0;
  bool spare_left_ = false;
};

/// Lognormal of mean 1; multiply by the mean that is wanted.
struct Lognormal {
  double sigma, mu;
  explicit Lognormal(double cv) : sigma(std::sqrt(std::log(1 + cv * cv))), mu(-sigma * sigma / 2) {}
  double operator()(Generator& generator) const { return std::exp(mu + sigma * generator.normal()); }
};

struct Exponential {
  double operator()(Generator& generator) const { return generator.exponential(); }
};
