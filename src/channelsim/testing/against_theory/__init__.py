"""A world of queues beside the closed forms nearest to it, and what of the world explains the difference."""
