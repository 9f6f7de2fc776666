"""A second opinion: replays an event log with dictionaries and lists, and checks every decision (design 6).

Nothing here comes from `rules/`: a mistake in a rule would otherwise be repeated by its judge.
"""
