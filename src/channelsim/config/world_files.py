"""The file of a world of queues and pools: what each key means and which values it takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from channelsim.config.coming_files import BookedPart, NoShowPart, SlotsPart, TravelPart, WorkLeftPart
from channelsim.config.durations import DurationPart, Positive
from channelsim.config.expected import ExpectedPart, RecordPart
from channelsim.config.kinds import LARGEST_TARGET_MIN, LONGEST_MIN, Count, Minutes, Name, Seed, Share
from channelsim.config.lines import Strict
from channelsim.config.routing_files import ServesHours, TakesHours
from channelsim.config.staffing_files import AbsencePart, BreakPart, DutiesPart, PeoplePart
from channelsim.config.world_hours import HoursPart
from channelsim.config.world_queue_rules import BalkPart, CallBackPart, LinesPart, MovesOnPart, RisePart, UnreachedPart, Weight

MOST_PARTS = 300  # classes, and pools: tables grow with their product
MOST_STAFF = 100_000  # of all pools together
Rate = Annotated[float, Field(ge=0.0, le=100_000.0)]


class StepPart(HoursPart):
    """Arrivals in some hours of some days; steps that overlap add up."""

    per_min: Rate
    """Mean arrivals per minute in these hours (Poisson)."""


class ArrivalsPart(Strict):
    """Contacts that come of themselves; several kinds of them add up."""

    per_min: Rate | None = None
    """Poisson arrivals at one rate, all hours of all days; added to `steps`."""
    steps: Annotated[list[StepPart], Field(max_length=1000)] = []
    """Poisson arrivals by day and hour; none outside the hours named."""
    every_min: DurationPart | None = None
    """Time between arrivals (a renewal process), from the beginning of the run on: `{deterministic: 5}`, `{gamma: 2, cv: 0.5}`."""
    group_shares: Annotated[list[Share], Field(max_length=1000)] = []
    """With `every_min`: shares of groups of 1, 2, 3, … who come together, adding up to 1. At random: `every_min: {exponential: 2}`."""
    at_min: list[Minutes] = []
    """Given arrivals, one by one: minutes after Monday 00:00 of the first week."""
    booked: BookedPart | Annotated[list[BookedPart], Field(max_length=100)] | None = None
    """Customers who have been given an hour beforehand, alike every week; walk-ins are another class."""
    busyness_cv: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0
    """Coefficient of variation of a gamma factor on each day's Poisson arrivals, of mean 1; 0: none. Each class has factors of its own."""
    busyness: str = ""
    """A name: classes with the same name (and `busyness_cv`) have busy and quiet days together."""

    @model_validator(mode="after")
    def fitting(self) -> ArrivalsPart:
        if self.group_shares and self.every_min is None:
            raise ValueError("group_shares goes with every_min; groups at random are `every_min: {exponential: M}`")
        if self.group_shares and abs(sum(self.group_shares) - 1.0) > 1e-9:
            raise ValueError(f"group_shares add up to {sum(self.group_shares):g}, not 1")
        if self.every_min is not None and self.every_min.deterministic == 0.0:
            raise ValueError("every_min must be longer than 0")
        if self.busyness and not self.busyness_cv:
            raise ValueError("busyness goes with busyness_cv")
        return self


class FollowPart(Strict):
    """One thing that may follow an outcome."""

    to: Name
    """The class that the customer comes to next; may be the same."""
    share: Share = 1.0
    """Probability; what the shares of an outcome lack to 1 leaves for good."""
    delay_min: DurationPart | None = None
    """Time until then; default at once."""


class ServesPart(Strict):
    """How a pool serves a class."""

    rank: Count = 0
    """Which pool is asked first when several have somebody free: 0 before 1."""
    after_min: Minutes = 0.0
    """The pool takes the class only after the contact has waited this long."""
    service_min: DurationPart | None = None
    """Service time by this pool, in place of the class's own."""
    reserve: Count = 0
    """Persons of the pool that must remain idle if it is to take this class."""
    weight: Weight | None = None
    """Weight of the wait in this pool, in place of the class's own."""
    hours: HoursPart | Annotated[list[HoursPart], Field(max_length=100)] | None = None
    """Hours of the week in which the pool takes the class, or a list of them; default all."""
    by_hour: ServesHours = []
    """How the pool serves the class in some hours: another rank, wait, reserve or weight, or not at all; stretches do not overlap."""


class ClassPart(Strict):
    """A kind of contacts with a queue of its own."""

    arrivals: ArrivalsPart = ArrivalsPart()
    """Contacts that come of themselves; default none (they follow from others by `after`)."""
    service_min: DurationPart | None = None
    """Service time; needed unless each pool gives its own."""
    patience_min: DurationPart | None = None
    """Time in the queue after which the contact leaves (outcome `abandoned`); default: nobody leaves."""
    queue_limit: Count | None = None
    """Places in the queue; who finds them full and nobody free is turned away (outcome `blocked`); 0: nobody waits; default no limit."""
    hours: HoursPart | Annotated[list[HoursPart], Field(max_length=7)] | None = None
    """Opening hours, or a list where days differ; a contact made outside them is made at the next opening; default always open."""
    at_closing: Literal["serve_out", "send_home"] = "serve_out"
    """What happens at closing to those who wait: all are served, or sent home (outcome `sent_home`)."""
    send_home_after_min: Minutes = 0.0
    """With `send_home`: how long after closing the queue is sent home; people serve on until then only as far as their `shifts` reach."""
    self_service: bool = False
    """Nobody serves: each contact takes its service time by itself and never waits (a web page, a travel time)."""
    reopening_delay_min: DurationPart | None = None
    """A contact that would come outside hours comes so long after the next opening; default at opening."""
    after_work_min: DurationPart | None = None
    """After-call work: the person stays busy so long after the contact has ended, the customer is gone; default none."""
    weight: Weight = 1.0
    """Among classes of one rank a freed person takes the longest wait times weight: a class of weight 2 ages twice as fast."""
    rises: Annotated[list[RisePart], Field(max_length=20)] = []
    """Better ranks in `takes` for those who have waited long."""
    due_after_min: Positive | None = None
    """Age at which it is due (a legal deadline): among classes of one rank a freed person takes what is due first; a rank has classes
    with a due date only, or none with one."""
    moves_on: MovesOnPart | None = None
    """A wait that ends in another class; default none does."""
    balk: BalkPart | None = None
    """Who leaves on hearing how long it takes; default nobody."""
    call_back: CallBackPart | None = None
    """An offer to be called back, made before `balk` is asked; default none."""
    unreached: UnreachedPart | None = None
    """For a class of calls back: nobody answers some; default all are reached."""
    idle_rule: Literal["longest_idle", "most_idle", "in_order", "least_occupied"] = "longest_idle"
    """Which pool of the best rank gives a person: the one whose person is idle longest, the one with most persons idle, the one in which
    the least share of those who are there, idle or at work, is at work (both then the longest idle), or the first under `pools:` of the
    file. The person is the one idle longest in his pool."""
    pools: list[str] | dict[str, ServesPart] = []
    """Who serves: a list of pools (asked in this order), or a table from pool to how it serves."""
    after: dict[str, list[FollowPart]] = {}
    """What follows an outcome (`served`, `abandoned`, `blocked`, `sent_home`, `no_show`, `no_slot`): a list of classes to come to."""
    by_appointment: bool = False
    """Who comes asks for an appointment and takes the earliest free one of the `slots` of its pools; at that hour the contact queues."""
    no_show: Share | NoShowPart = 0.0
    """Probability that a customer with an hour (`arrivals.booked`, `by_appointment`) does not come; or a table, for its rise by lead."""
    travel: TravelPart | None = None
    """A trip before the visit."""
    casework: bool = False
    """Work without a customer: it waits and ranks behind all else unless `takes` names it; measures of all classes leave it out."""
    slice_min: Positive | None = None
    """Of casework: after so long the person asks what is next, and the rest goes back to the head of its queue; default 10."""
    leaves: WorkLeftPart | None = None
    """Casework that a served contact leaves behind."""


class PoolPart(Strict):
    """Persons who serve alike."""

    staff: Annotated[int, Field(ge=1, le=MOST_STAFF)] = 0
    """Persons; needed unless `people` says how many there are."""
    people: Annotated[list[PeoplePart], Field(max_length=1000)] = []
    """Groups of people with hours or speeds of their own: in place of `staff`."""
    takes: list[str | list[str]] = []
    """Which class a freed person takes first: `[B, A]` is B before A, `[[A, B]]` the longest wait of the two; classes not named come
    last; default the longest wait of all."""
    takes_by_hour: TakesHours = []
    """What a freed person takes first in some hours of the week, in place of `takes`; stretches do not overlap."""
    shifts: HoursPart | Annotated[list[HoursPart], Field(max_length=7)] | None = None
    """Hours at work, or a list of them for days that differ; who serves at the end of a shift finishes, and stays on only while somebody
    waits inside behind closed doors (`at_closing: serve_out`); default always there."""
    absence: Share | AbsencePart = 0.0
    """Share of the days on which a person is away, by a fixed rota; or a table, for a draw."""
    breaks: Annotated[list[BreakPart], Field(max_length=20)] = []
    """Breaks of every day at work."""
    other_duties: Annotated[float, Field(ge=0.0, le=0.9)] | DutiesPart = 0.0
    """Share of the time at work for other duties, in blocks of an hour; or a table."""
    at_shift_end: Literal["finish", "hand_over", "send_home"] = "finish"
    """A contact in service when the shift of its person ends: `finish` it in overtime; `hand_over`: the person leaves on time, a colleague
    goes on with the rest at once or as soon as one is free; `send_home`: as `finish`, and when the last shift of a day ends, those who
    wait and whom only this pool serves are sent home."""
    slots: SlotsPart | None = None
    """Appointments that the pool offers to classes with `by_appointment`."""

    @model_validator(mode="after")
    def counted(self) -> PoolPart:
        if bool(self.staff) == bool(self.people):
            raise ValueError("needs either `staff` or `people`")
        return self

    @property
    def persons(self) -> int:
        """How many people there are."""
        return self.staff or sum(g.number for g in self.people)


class RunPart(Strict):
    """How long is measured, and how often. A run begins empty on Monday 00:00 with the warm-up."""

    length_min: Annotated[float, Field(ge=1.0, le=LONGEST_MIN)]
    """Measured time."""
    warm_up_min: Minutes = 0.0
    """Time before it that is not counted; the run begins empty."""
    replications: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    """Least number of replications of `verify`."""
    seed: Seed = 1
    """Root of all chance for `verify` and `check-against-theory`; `run` takes its own `--seed`."""
    target_min: Annotated[float, Field(ge=0.0, le=LARGEST_TARGET_MIN)] = 0.0
    """Waits up to this count as within target in `waits.parquet`."""
    batch_min: Positive | None = None
    """`verify`: length of one observation; must divide `length_min`; default the whole run."""
    terminating: bool = False
    """`verify`: every batch begins empty, or the run is refused; takes no warm-up."""

    @model_validator(mode="after")
    def not_endless(self) -> RunPart:
        if self.warm_up_min + self.length_min > LONGEST_MIN:
            raise ValueError(f"warm_up_min and length_min together are longer than {LONGEST_MIN:,.0f} min")
        return self


class WorldFile(Strict):
    """A world of queues and pools, without a region."""

    world: Name
    """Name; this key makes the file a world."""
    time_unit: Literal["s", "min", "h", "hour", "day"] = "min"
    """Unit in which this file gives every number of a `..._min` key, and of `per_min` (by that unit); what `expected` measures is in it
    too, unless `unit` or `per` say otherwise. Clock times and `within_s` stay what they are; a run's own tables are in minutes."""
    case: str = ""
    """Name of the case in the output of `verify`; default the name of the world."""
    run: RunPart
    """How long, and how often."""
    classes: Annotated[dict[Name, ClassPart], Field(min_length=1, max_length=MOST_PARTS)]
    """Kinds of contacts, each with a queue of its own: a table by name."""
    pools: Annotated[dict[Name, PoolPart], Field(max_length=MOST_PARTS)] = {}
    """Groups of persons who serve: a table by name."""
    lines: LinesPart | Annotated[list[LinesPart], Field(max_length=MOST_PARTS)] = []
    """Lines that classes share, one group or a list of them; default none."""
    policy: Name = ""
    """A policy in Python beside this file, FILE.py:NAME, in place of the lists above; it is loaded only with `--trust FILE.py`."""
    note: str = ""
    """Free text."""
    expected: list[ExpectedPart] = []
    """Measures with known values, for `verify`."""
    expected_records: list[RecordPart] = []
    """Every contact of the first replication, for `verify`."""
    records_tol_min: Positive = 1e-9
    """How near the times of `expected_records` must be."""
