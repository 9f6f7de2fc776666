// Parts of the best design: draws made ahead in blocks, the least service end by a scan, queues as rings.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "../chance.hpp"

constexpr double NEVER = std::numeric_limits<double>::infinity();

/// Draws of one law made ahead: in a tight loop the processor works on several at once, and no call is left in the loop of events.
template <class Law>
class Ahead {
 public:
  Ahead(Law law, std::uint64_t seed, int stream) : law_(law), generator_(seed, stream) {}
  double operator()() {
    if (next_ == SIZE) fill();
    return drawn_[next_++];
  }

 private:
  static constexpr std::size_t SIZE = 256;
  [[gnu::noinline]] void fill() {
    Generator generator = generator_;
    for (double& value : drawn_) value = law_(generator);
    generator_ = generator;
    next_ = 0;
  }
  Law law_;
  Generator generator_;
  std::array<double, SIZE> drawn_;
  std::size_t next_ = SIZE;
};

/// When each of up to N servers ends. Positive doubles order as their bits do, and the lowest bits hold the number of the server instead of
/// a billionth of a millisecond, so that one branchless scan for the least, which the compiler makes with vectors, finds time and server.
template <int N, int SERVER_BITS = 7>
class Ends {
  static_assert(N <= 1 << SERVER_BITS, "a server's number must fit into the lowest bits");

 public:
  Ends() { keys_.fill(IDLE); }
  double time() const { return time_of(first_); }  // infinite if none is busy
  int server() const { return static_cast<int>(first_ & MASK); }
  bool none() const { return first_ == IDLE; }

  void start(int server, double time) {
    const std::int64_t key = key_of(server, time);
    keys_[server] = key;
    if (key < first_) first_ = key;
  }
  /// The first server to end goes on with another contact. The scan comes before the store, as vector loads wait for a fresh store.
  void restart_first(double time) {
    const int server = this->server();
    replace_first(server, key_of(server, time));
  }
  void stop_first() { replace_first(server(), IDLE); }

 private:
  static constexpr std::int64_t MASK = (1 << SERVER_BITS) - 1, IDLE = 0x7ff0000000000000;
  static double time_of(std::int64_t key) {
    const std::int64_t bits = key & ~MASK;
    double time;
    std::memcpy(&time, &bits, sizeof time);
    return time;
  }
  static std::int64_t key_of(int server, double time) {
    std::int64_t bits;
    std::memcpy(&bits, &time, sizeof bits);
    return (bits & ~MASK) | server;
  }
  void replace_first(int server, std::int64_t key) {
    const std::int64_t old = first_;
    std::int64_t least = IDLE;
#pragma GCC unroll 1  // unrolled it would not become vectors
    for (const std::int64_t other : keys_) {
      const std::int64_t kept = other == old ? IDLE : other;
      least = kept < least ? kept : least;
    }
    keys_[server] = key;
    first_ = key < least ? key : least;
  }

  alignas(64) std::array<std::int64_t, (N + 7) / 8 * 8> keys_;
  std::int64_t first_ = IDLE;
};

/// First in, first out, in one block of memory that doubles when it is full. Positions count up for ever: what is before `first` is gone.
template <class Entry>
class Ring {
 public:
  bool empty() const { return first_ == end_; }
  std::uint32_t end() const { return end_; }
  bool holds(std::uint32_t position) const { return position - first_ < end_ - first_; }
  Entry& operator[](std::uint32_t position) { return entries_[position & mask_]; }
  Entry& front() { return (*this)[first_]; }
  Entry& back() { return (*this)[end_ - 1]; }
  void pop() { ++first_; }
  void push(const Entry& entry) {
    if (end_ - first_ > mask_) grow();
    entries_[end_++ & mask_] = entry;
  }

 private:
  void grow() {
    std::vector<Entry> larger(2 * entries_.size());
    const auto mask = static_cast<std::uint32_t>(larger.size() - 1);
    for (std::uint32_t position = first_; position != end_; ++position) larger[position & mask] = entries_[position & mask_];
    entries_.swap(larger);
    mask_ = mask;
  }
  std::vector<Entry> entries_ = std::vector<Entry>(16);
  std::uint32_t mask_ = 15, first_ = 0, end_ = 0;
};

/// A contact in a queue: whoever has left by then is dropped when he reaches the head.
struct Waiting {
  double arrived, leaves;
};
