// Peer `cpp_std`: one std::priority_queue for everything that is to come, timers marked stale by a generation.
#include "report.hpp"
#include "std/network.hpp"
#include "std/one_queue.hpp"
#include "std/skills.hpp"

int main(int argc, char** argv) { return run_peer(argc, argv, "cpp_std", {one_queue::w1, one_queue::w2, skills::w3, network::w4}); }
