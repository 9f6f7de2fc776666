"""One need's story in words, from the event log: what happened, when, where, and why it was so and not otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.testing.audit import choices
from channelsim.testing.audit.auditor import Auditor
from channelsim.testing.audit.floor import FOREVER
from channelsim.testing.audit.replay import Replay
from channelsim.testing.audit.rows import NONE, Facts, Log, Row
from channelsim.testing.audit.words import duration, listed, ordinal
from channelsim.units import clock

WEB_CAPABLE = 2


def story_of(log: Log, need: int) -> list[str]:
    """Lines of a need's story; empty if the log knows no such need."""
    last = max((i for i, row in enumerate(log.rows) if row.need == need), default=None)
    if last is None:
        return []
    story = Story(need)
    Replay(Log(log.facts, log.rows[: last + 1], log.ledger, log.blocks), story.hear).follow()
    return story.lines


def booked_with(facts: Facts, number: int) -> str:
    """Pool of a book, and where the customer comes to if that is elsewhere."""
    book, names = facts["books"][number], facts["names"]
    pool = str(names["pools"][book["pool"]])
    place = "" if book["place"] == NONE else str(names["places"][book["place"]])
    return pool if not place or place in pool else f"{pool} at {place}"


class Story:
    """Listens to a replay and tells what concerns one need; it hears of each step before the floor changes."""

    def __init__(self, need: int) -> None:
        self.need = need
        self.lines: list[str] = []

    def hear(self, a: Auditor, row: Row) -> None:
        """Tell one step, if it is about this need."""
        if row.need == self.need:
            tell = getattr(self, "tell_" + row.event.replace(" ", "_").replace("-", "_"))
            for words in tell(a, row):
                self.lines.append(f"{clock(row.time)}  {words}")

    # --- how it comes -----------------------------------------------------------------------------
    def tell_need_arises(self, a: Auditor, row: Row) -> Iterator[str]:
        town, segment, service = a.floor.facts["cells"][row.x]
        if not a.floor.facts["customers"]:
            yield f"need {row.need} arises"
            return
        names = a.floor.name
        web = "can use the web" if row.y & WEB_CAPABLE else "cannot use the web"
        car = "has a car" if row.y & 1 else "has no car" + ("" if row.y & 4 else " and cannot reach a point")
        truth = "it takes expertise" if row.y & 16 else "it is routine"
        yield (f"need {row.need} arises: {names('services', service)} in {names('municipalities', town)}, "
               f"segment {names('segments', segment)}; {truth}, which nobody knows yet; the customer {web} and {car}")  # fmt: skip

    def tell_contact_made(self, a: Auditor, row: Row) -> Iterator[str]:
        part = a.floor.facts["channels"][row.x]["part"]
        if not a.floor.facts["customers"] and a.floor.modes[row.x] == "item":
            part = "casework"
        behind = {"casework": "leaves casework for the staff", "check": "leaves a case that staff must check"}
        chaser = "is a call that asks how things stand" if self._channel(a, row) == "chaser" else ""
        yield f"contact {row.contact} {behind.get(part) or chaser or 'is made by ' + self._channel(a, row)}"

    def tell_contact_planned(self, a: Auditor, row: Row) -> Iterator[str]:
        when = "at once" if row.value == row.time else f"{clock(row.value)}, in {duration(row.value - row.time)}"
        owed = self._channel(a, row) == "call back"
        who = (
            f"staff owe a call back, contact {row.contact}"
            if owed
            else f"the customer will make contact {row.contact} by {self._channel(a, row)}"
        )
        yield f"{who}: {when}"

    def _channel(self, a: Auditor, row: Row) -> str:
        return a.floor.name("channels", row.x)

    def tell_contact_arrives(self, a: Auditor, row: Row) -> Iterator[str]:
        contact = a.floor.contacts[row.key]
        if contact.where == "on its own":
            yield f"contact {row.contact}: the attempt ends"
        elif contact.place != NONE and contact.of_class == NONE:
            yield f"contact {row.contact} reaches {a.floor.name('places', contact.place)}"
        elif contact.of_class == NONE and not contact.wants_slot and contact.book == NONE:  # who moves an hour says so
            how = a.floor.name("channels", contact.channel)
            yield f"contact {row.contact}: it is time to call back" if how == "call back" else f"contact {row.contact} is made by {how}"

    def tell_waits_for_opening(self, a: Auditor, row: Row) -> Iterator[str]:
        comes = "it never opens again" if row.value >= FOREVER else f"the customer comes back {clock(row.value)}"
        yield f"{a.of_class(row.x)} is closed; {comes}"

    def tell_sets_out(self, a: Auditor, row: Row) -> Iterator[str]:
        need = a.floor.needs[row.need]
        if not a.floor.facts["customers"]:
            of = a.floor.facts["classes"][a.floor.contacts[row.key].channel]
            before = f", at the latest {duration(of['last_arrival_min'])} before closing" if of["calendar"] != NONE else ""
            yield f"sets out for {of['name']}, there {clock(row.value)}{before}"
            return
        n = len(a.floor.facts["walk_in"][need.service][need.town])
        how = "by car" if need.car else "by public transport"
        yield (f"goes to {a.floor.name('places', row.x)} {how}, there {clock(row.value)}: the nearest that is open on arrival, "
               f"of {n} that receive {a.floor.name('services', need.service)}")  # fmt: skip

    def tell_has_travelled(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"is there, after a trip of {duration(row.value)}"

    def tell_slot_booked(self, a: Auditor, row: Row) -> Iterator[str]:
        need, facts = a.floor.needs[row.need], a.floor.facts
        service = need.service if facts["customers"] else a.floor.contacts[row.key].channel
        n, pool = len(facts["booked"][service][need.town]), facts["books"][row.x]["pool"]
        ahead = duration(row.value - row.time)
        how = f" by {a.of_class(facts['books'][row.x]['class'])}" if "adviser" in facts["books"][row.x] else ""
        yield (f"books {clock(row.value)} with {a.floor.name('pools', pool)}{how}, in {ahead}: the earliest that is free "
               f"in {n} book{'s' if n > 1 else ''}, after a notice of {duration(facts['books'][row.x]['notice_min'])}")  # fmt: skip

    def tell_hour_given_back(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"asks for another hour; the one with {a.floor.name('pools', a.floor.facts['books'][row.x]['pool'])} is free for others"

    def tell_hold_begins(self, a: Auditor, row: Row) -> Iterator[str]:
        pool = a.floor.facts["books"][row.x]["pool"]
        yield f"{a.floor.name('pools', pool)} keeps a person back for the appointment; {len(a.floor.idle[pool])} idle there now"

    def tell_appointment_due(self, a: Auditor, row: Row) -> Iterator[str]:
        yield "it is the hour of the appointment"

    # --- at a dated change ------------------------------------------------------------------------
    def tell_tray_moves(self, a: Auditor, row: Row) -> Iterator[str]:
        contact = a.floor.contacts[row.key]
        was, now = a.was["classes"][contact.of_class]["name"], a.of_class(row.of_class)
        where = f"stays in {now}" if was == now else f"goes from {was} to {now}, which answers its municipality from now on"
        yield f"{a.change['what']}: contact {row.contact} {where}, with its age of {duration(row.time - contact.queued_since)}"

    def tell_hour_kept(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"{a.change['what']}: the appointment {clock(row.value)} stays as it is, with {booked_with(a.change, row.x)}"

    def tell_hour_lost(self, a: Auditor, row: Row) -> Iterator[str]:
        gone = booked_with(a.was, row.x)
        books = [booked_with(a.change, number) for number in range(len(a.change["books"]))]
        why = "has that hour no more" if gone in books else "is there no more"
        yield f"{a.change['what']}: the appointment {clock(row.value)} is moved, for {gone} {why}"

    def tell_goes_on(self, a: Auditor, row: Row) -> Iterator[str]:
        contact = a.floor.contacts[row.key]
        if contact.where == "ahead" and contact.place != NONE:
            place = a.was["names"]["places"][contact.place]
            gone = f"{place} has nobody for it from now on, and contact {row.contact} chooses anew when it is there"
            yield f"{a.change['what']}: " + (gone if row.x == NONE else f"contact {row.contact} still goes to {place}")

    def tell_comes_again(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"{a.change['what']}: contact {row.contact} still waits, and comes again when it is open"

    # --- how it waits -----------------------------------------------------------------------------
    def tell_joins(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"contact {row.contact} joins {a.of_class(row.of_class)}"

    def tell_serves_itself(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"serves itself, for {duration(row.value - row.time)}"

    def tell_queues(self, a: Auditor, row: Row) -> Iterator[str]:
        since = a.floor.contacts[row.key].queued_since
        place = sum(a.floor.contacts[key].queued_since <= since for key in a.floor.queues[row.of_class]) + 1
        patience = "" if row.value >= FOREVER else f"; patience lasts {duration(row.value - row.time)}"
        yield f"{self._nobody(a, row.of_class, a.floor.contacts[row.key].stage)}; queued {ordinal(place)}{patience}"

    def _nobody(self, a: Auditor, of_class: int, stage: int) -> str:
        """Why no pool that may take a contact takes it."""
        pools = [pool for pool, _ in a.floor.dispatch[of_class][stage]]
        if not pools:
            return "nobody takes it at this hour"
        kept = [f"{len(a.floor.idle[p])} of {a.floor.name('pools', p)}" for p in pools if a.floor.idle[p]]
        reason = f", {listed(kept)} being kept back for others" if kept else ""
        return f"nobody idle among {listed([a.floor.name('pools', p) for p in pools])}{reason}"

    def tell_stage_begins(self, a: Auditor, row: Row) -> Iterator[str]:
        stages = a.floor.dispatch[row.of_class]
        before = {pool for pool, _ in stages[row.y - 1]}
        more = [a.floor.name("pools", pool) for pool, _ in stages[row.y] if pool not in before]
        waited = duration(row.time - a.floor.contacts[row.key].queued_since)
        moves = a.floor.facts["classes"][row.of_class]["moves_on"]
        if moves is not None and row.y == moves["at_stage"]:
            yield f"has waited {waited}, as long as one waits here: it moves on to {a.of_class(moves['to'])}"
            return
        found = choices.who_takes(a.floor, row.of_class, row.y)
        news = [f"{listed(more)} may help"] if more else []
        ranks = {(pool, ranks[row.of_class]) for pool, ranks in self._ranks(a, row.y).items() if row.of_class in ranks}
        risen = ranks - {(pool, ranks[row.of_class]) for pool, ranks in self._ranks(a, row.y - 1).items() if row.of_class in ranks}
        news += [f"it has rank {rank} in {a.floor.name('pools', pool)}" for pool, rank in sorted(risen) if pool in before]
        yield f"has waited {waited}: from now on {' and '.join(news)}" + ("" if found else f"; {self._nobody(a, row.of_class, row.y)}")

    def _ranks(self, a: Auditor, stage: int) -> dict[int, dict[int, int]]:
        """[pool][class] rank of those who are at a stage."""
        return {
            pool: {int(c): min(int(r) for d, r, s, *_ in rows if d == c and s <= stage) for c, _, s, *_ in rows if s <= stage}
            for pool, rows in enumerate(a.floor.pulls)
        }

    def tell_patience_over(self, a: Auditor, row: Row) -> Iterator[str]:
        contact = a.floor.contacts[row.key]
        place = a.floor.queues[row.of_class].index(row.key) + 1
        yield f"patience is over after {duration(row.time - contact.queued_since)}, {ordinal(place)} in {a.of_class(row.of_class)}"

    tell_left_unseen = tell_patience_over

    # --- how it is served -------------------------------------------------------------------------
    def tell_taken(self, a: Auditor, row: Row) -> Iterator[str]:
        contact, person = a.floor.contacts[row.key], a.floor.person(row.person)
        who = a.who((row.pool, row.person))
        again = "" if contact.left_min is None else f", who goes on with the {duration(contact.left_min)} that are left"
        if person.doing == "asking":
            yield f"taken by {who}{again}, free just now: {self._why_this(a, row)}"
            return
        why = f"other rules hold from now on; {self._why_this(a, row)}" if a.head.event == "tables change" else ""
        yield f"taken by {who}{again}, idle since {clock(person.since)}: {why or self._why_he(a, row, contact.stage)}"

    def _why_he(self, a: Auditor, row: Row, stage: int) -> str:
        """Why this idle person takes a contact and no other."""
        if a.floor.facts["own_rule"]["pools"]:
            return f"the own rule puts {a.floor.name('pools', row.pool)} first of those that may"
        ranks = {pool: rank for pool, rank in a.floor.dispatch[row.of_class][stage] if a.floor.idle[pool]}
        equal = sum(len(a.floor.idle[pool]) for pool, rank in ranks.items() if rank == ranks[row.pool])
        others = [a.floor.name("pools", pool) for pool, rank in ranks.items() if rank != ranks[row.pool]]
        rule = a.floor.facts["classes"][row.of_class]["idle_rule"]
        rules = {
            "most_idle": ", in the pool with most idle", "in_order": ", in the first pool of them",
            "least_occupied": ", in the pool with the least share at work",
        }  # fmt: skip
        most = rules.get(rule, "")
        if not others:
            return "the only one idle who may" if equal == 1 else f"idle longest of {equal}{most}"
        first = "the only one idle of the first rank" if equal == 1 else f"idle longest of {equal} of the first rank"
        return f"{first}, before {listed(others)}"

    def _why_this(self, a: Auditor, row: Row) -> str:
        """Why a free person takes this contact and no other."""
        contact = a.floor.contacts[row.key]
        waited = f"first in {a.of_class(row.of_class)}, after {duration(row.time - contact.queued_since)}"
        if a.floor.facts["own_rule"]["contacts"]:
            return f"{waited}, which the own rule puts first"
        ranks = {c: self._rank_of_first(a, row.pool, c) for c in {int(c) for c, *_ in a.floor.pulls[row.pool]} if a.floor.queues.get(c)}
        weights = {weight for c, _, _, weight, *_ in a.floor.pulls[row.pool] if int(c) in ranks}
        due = {int(c): after for c, _, _, _, _, after in a.floor.pulls[row.pool] if after}
        longest = "longest wait" if len(weights) < 2 else "longest weighted wait"
        if row.of_class in due:
            longest = f"due {clock(contact.queued_since + due[row.of_class])}, the first"
        others = [c for c in ranks if c != row.of_class and a.floor.queues.get(c)]
        equal = [c for c in others if ranks[c] == ranks[row.of_class]]
        later = [c for c in others if ranks[c] > ranks[row.of_class]]
        reasons = [f"{longest} of {len(equal) + 1} queues of its rank"] if equal else []
        reasons += [f"before {listed([a.of_class(c) for c in later])}, which rank{'s' if len(later) == 1 else ''} behind"] if later else []
        return f"{waited}, " + (" and ".join(reasons) if reasons else "and nobody else waits for him")

    def tell_laid_down(self, a: Auditor, row: Row) -> Iterator[str]:
        who = a.floor.name("persons", row.person)
        yield f"the shift of {who} ends; {duration(row.value)} are left for a colleague, first in its queue"

    def _rank_of_first(self, a: Auditor, pool: int, of_class: int) -> int:
        """Rank of the first of a queue at its stage; who may not be served yet ranks behind all."""
        stage = a.floor.contacts[a.floor.queues[of_class][0]].stage
        return min((int(rank) for c, rank, start, *_ in a.floor.pulls[pool] if c == of_class and start <= stage), default=1 << 30)

    def tell_stays_on_the_line(self, a: Auditor, row: Row) -> Iterator[str]:
        who, longest = a.floor.name("persons", row.person), duration(row.value - row.time)
        yield f"{who} stays on the line until the next person answers, at most {longest}"

    def tell_lets_go(self, a: Auditor, row: Row) -> Iterator[str]:
        yield f"{a.floor.name('persons', row.person)} is free of the call"

    def tell_work_stops(self, a: Auditor, row: Row) -> Iterator[str]:
        worked = duration(row.time - a.floor.person(row.person).since)
        who = a.floor.name("persons", row.person)
        left = f"{duration(row.value)} are left, first in its queue again" if row.value > 0.0 else "the work is done"
        yield f"{who} has worked on it for {worked}; {left}"

    # --- what becomes of it -----------------------------------------------------------------------
    def tell_outcome(self, a: Auditor, row: Row) -> Iterator[str]:
        outcome = a.floor.facts["outcomes"][row.x]
        of = a.of_class(row.of_class)
        nature = "it takes expertise" if a.floor.needs[row.need].expertise else "though it is routine"
        full = f"{len(a.floor.queues[row.of_class])} wait in {of}, as many as it takes"
        full = "all lines that it shares are taken" if a.finds_no_line else full
        why = {
            "blocked": f": {full}",
            "balked": ": it hears how long it takes",
            "called back": ": it hears how long it takes, hangs up, and waits for the call",
            "not reached": ": nobody answers",
            "handed over": f": {a.floor.name('pools', row.pool)} cannot close it, {nature}",
            "sent home": f": {of} closes",
            "no slot": ": no book has one within its horizon",
            "no way to go": ": nothing that it could reach offers this",
            "no-show": ": the customer does not come",
        }.get(outcome, "")  # fmt: skip
        yield f"contact {row.contact} is {outcome}{why}" if outcome not in ("no slot", "no-show", "no way to go") else f"{outcome}{why}"

    def tell_handed_on(self, a: Auditor, row: Row) -> Iterator[str]:
        to = "must find an appointment" if row.of_class == NONE else f"goes on to {a.of_class(row.of_class)}"
        when = f", which opens {clock(row.value)}" if row.value > row.time else ""
        yield f"contact {row.contact} {to}{when}"

    def tell_settled(self, a: Auditor, row: Row) -> Iterator[str]:
        reason = a.floor.facts["reasons"][row.y]
        yield "the need is resolved" if row.x == 1 else f"the need is given up: {reason}"

    def tell_dropped(self, a: Auditor, row: Row) -> Iterator[str]:
        if row.x == 1:
            yield "nothing of it is left to do"
