// The event list everybody writes first: std::priority_queue, and timers that are marked stale by a generation.
#pragma once
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

struct Event {
  double time;
  int kind;
  int slot;                  // of a contact, or the number of a stream of arrivals
  std::uint32_t generation;  // of the slot when the event was planned
  bool operator>(const Event& other) const { return time > other.time; }
};

using EventList = std::priority_queue<Event, std::vector<Event>, std::greater<Event>>;

/// Contacts that are present; a slot is used again, and its generation tells a stale timer or queue entry from a live one.
template <class Contact>
class Contacts {
 public:
  int add(const Contact& contact) {
    if (free_.empty()) {
      contacts_.push_back(contact);
      generations_.push_back(0);
      return static_cast<int>(contacts_.size()) - 1;
    }
    const int slot = free_.back();
    free_.pop_back();
    contacts_[slot] = contact;
    return slot;
  }
  void remove(int slot) {
    make_stale(slot);
    free_.push_back(slot);
  }
  void make_stale(int slot) { ++generations_[slot]; }
  std::uint32_t generation(int slot) const { return generations_[slot]; }
  Contact& operator[](int slot) { return contacts_[slot]; }

 private:
  std::vector<Contact> contacts_;
  std::vector<std::uint32_t> generations_;
  std::vector<int> free_;
};

/// First come first served; who has left meanwhile is passed over.
class Queue {
 public:
  void push(int slot, std::uint32_t generation) { waiting_.push({slot, generation}); }

  /// The slot of the first contact that is still there, or -1.
  template <class Contact>
  int pop(const Contacts<Contact>& contacts) {
    while (!waiting_.empty()) {
      const Entry first = waiting_.front();
      waiting_.pop();
      if (contacts.generation(first.slot) == first.generation) return first.slot;
    }
    return -1;
  }

 private:
  struct Entry {
    int slot;
    std::uint32_t generation;
  };
  std::queue<Entry> waiting_;
};
