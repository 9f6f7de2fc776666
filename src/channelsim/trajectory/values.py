"""What happened in one replication: the tally of its measured year, sums over its needs, accounts and records on request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from channelsim.rules import state as S
from channelsim.scenario.tables import N_ROLES
from channelsim.trajectory.cohort import Cohort
from channelsim.trajectory.records import ContactRecords
from channelsim.units import NEVER


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums, counts and histograms of one stretch of time (decisions 14); names of columns in `rules.state`."""

    ledger: np.ndarray  # [pool, account] minutes
    usable: np.ndarray  # [pool, 6] minutes and blocks of at least 30, 60, 120 minutes
    class_tally: np.ndarray  # [class, count]
    pair_busy: np.ndarray  # [pair] minutes
    histogram: np.ndarray  # [group, bin]
    wait_sums: np.ndarray  # [group] minutes waited by those whom the histogram counts
    book_tally: np.ndarray  # [book, 4] booked, kept, missed, rebooked
    place_visits: np.ndarray  # [place] visits begun
    channel_contacts: np.ndarray  # [channel] contacts made, redials counted once
    handled: np.ndarray  # [service, role] contacts and checks served

    def __sub__(self, earlier: Tally) -> Tally:
        return Tally(*(getattr(self, n) - getattr(earlier, n) for n in S.TALLIES))


def tally_of(state: S.State) -> Tally:
    """A copy of the running tally."""
    shapes = {"ledger": S.LEDGER_WIDTH, "usable": S.USABLE_WIDTH, "class_tally": S.CLASS_TALLY_WIDTH,
              "histogram": S.HISTOGRAM_BINS, "book_tally": 4, "handled": N_ROLES}  # fmt: skip
    columns = {name: np.array(getattr(state, name)) for name in S.TALLIES}
    return Tally(**{n: c.reshape(-1, shapes[n]) if n in shapes else c for n, c in columns.items()})


@dataclass(frozen=True, eq=False)
class Needs:
    """Accounts of the needs of the cohort, sorted by id: one row a need.

    `finished` is NEVER where staff work is still owed at the horizon; `closed` needs are resolved with all work done.
    """

    need_id: np.ndarray
    municipality: np.ndarray
    segment: np.ndarray
    service: np.ndarray
    expertise: np.ndarray
    state: np.ndarray  # 0 open, 1 resolved, 2 given up
    reason: np.ndarray
    contacts: np.ndarray
    failures: np.ndarray
    flags: np.ndarray
    first_channel: np.ndarray
    visits: np.ndarray
    arose: np.ndarray
    resolved_at: np.ndarray
    specialist_min: np.ndarray
    generalist_min: np.ndarray
    adviser_min: np.ndarray
    national_min: np.ndarray
    travel_min: np.ndarray
    travel_km: np.ndarray
    waited_min: np.ndarray
    lead_min: np.ndarray
    owed_min: np.ndarray
    finished_at: np.ndarray

    def __len__(self) -> int:
        return len(self.need_id)

    @property
    def closed(self) -> np.ndarray:
        """Resolved, and all staff work on it done."""
        return np.asarray((self.state == S.RESOLVED) & (self.finished_at < NEVER))


def rows_of(parts: list[np.ndarray], width: int) -> np.ndarray:
    """Parts of a table, one after the other."""
    return np.concatenate(parts) if parts else np.empty((0, width))


def needs_of(done_parts: list[np.ndarray], times_parts: list[np.ndarray]) -> Needs:
    """Needs from the rows that an engine filed."""
    done, times = rows_of(done_parts, S.DONE_WIDTH).astype(np.int64), rows_of(times_parts, S.NEED_TIMES)
    order = np.argsort(done[:, S.D_ID], kind="stable")
    return Needs(*done[order].T.copy(), *times[order].T.copy())


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One replication of one world."""

    alternative: str
    seed: int
    replication: int
    start_min: float  # measured window
    end_min: float
    tally: Tally
    cohort: Cohort  # sums over the needs that arose in the window
    accounts: Needs | None  # their accounts one by one, if kept
    n_arisen: int  # over the whole run
    n_finished: int
    n_open: int
    owed_min: np.ndarray  # [Monday, pool] owed work in the measured window, its end included
    n_events: int
    contact_records: ContactRecords | None = None
    log: np.ndarray | None = None
    log_times: np.ndarray | None = None
    person_worked_min: np.ndarray = field(default_factory=lambda: np.empty(0))
    whole: Tally | None = None  # tally of the whole run

    @property
    def records(self) -> np.ndarray | None:
        """[line, REC_*] words of the contact records, if kept."""
        return None if self.contact_records is None else self.contact_records.words

    @property
    def record_times(self) -> np.ndarray | None:
        """[line, REC_*] times of the contact records, if kept."""
        return None if self.contact_records is None else self.contact_records.times

    @property
    def record_needs(self) -> np.ndarray | None:
        """[line] ids of the needs of the contact records, if kept."""
        return None if self.contact_records is None else self.contact_records.needs

    @property
    def needs(self) -> Needs:
        """Accounts of the needs of the cohort, where the run kept them."""
        if self.accounts is None:
            raise ValueError("this run kept no accounts of needs: simulate(..., keep_accounts=True)")
        return self.accounts

    def digest(self) -> str:
        """Hash of all that happened: tally of the whole run, sums over the cohort, owed work, every person's minutes.

        The same at every level of records and accounts.
        """
        digest = hashlib.sha256()
        tally = self.whole or self.tally
        for name in S.TALLIES:
            digest.update(np.ascontiguousarray(getattr(tally, name)).tobytes())
        for column in (self.cohort.sums, self.owed_min, self.person_worked_min):
            digest.update(np.ascontiguousarray(column).tobytes())
        digest.update(f"{self.n_arisen} {self.n_finished} {self.n_open} {self.n_events}".encode())
        return digest.hexdigest()
