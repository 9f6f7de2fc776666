"""The one bookkeeper: these modules are the only code that writes State, tally and records (decisions 15).

Engines own the clock and the list of events, nothing else: what must happen later is put on the `out`
tray by `at`, and the engine empties the tray after each event.
"""
