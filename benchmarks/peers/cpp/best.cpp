// Peer `cpp_best`: what is known beforehand is merged, abandonment is lazy, and the first service end is found without a heap.
#include "best/network.hpp"
#include "best/one_queue.hpp"
#include "best/skills.hpp"
#include "report.hpp"

int main(int argc, char** argv) { return run_peer(argc, argv, "cpp_best", {one_queue::w1, one_queue::w2, skills::w3, network::w4}); }
