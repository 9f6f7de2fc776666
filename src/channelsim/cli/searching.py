"""Questions that search beyond the design: their runs, on the workers of the study, while the folder is held."""

from __future__ import annotations

import sys
from collections.abc import Callable

from channelsim.cli.compiling import compiling_note
from channelsim.cli.many import CONSOLE, load_evidence
from channelsim.cluster.beside import Beside
from channelsim.cluster.drive import Stopped
from channelsim.cluster.executor import Executor
from channelsim.cluster.worker import Job
from channelsim.store.lock import FolderLock, LostLock
from channelsim.store.more import keep_more, read_more
from channelsim.study.answers.answer import searches
from channelsim.study.answers.more import More
from channelsim.study.design import Study


def needs_search(study: Study) -> bool:
    """Does any question take replications that the design does not have?"""
    return any(searches(asked) for asked in study.analyses)


def search(job: Job, start: Callable[[], Executor], lock: FolderLock, again: str) -> None:
    """Have made what the questions lack, and keep it in the folder; what is kept is not made again.

    Parameters
    ----------
    job : Job
        The study's.
    start : callable
        Makes the executor, if there is anything to run.
    lock : FolderLock
        Held by this run.
    again : str
        How to go on after a stop, for the reader.
    """
    if job.study.engine == "fast":
        compiling_note()
    beside = Beside(job, start, lock.check)
    more = More(beside, read_more(job.folder), lambda text: CONSOLE.print(f"search: {text}", soft_wrap=True))
    try:
        load_evidence(job.folder, more)
    except KeyboardInterrupt:
        CONSOLE.print(f"stopped; what was searched is kept. {again}", soft_wrap=True)
        raise SystemExit(130) from None
    except (Stopped, LostLock) as error:
        print(f"{error}; what was searched is kept. {again}", file=sys.stderr)
        raise SystemExit(1) from None
    finally:
        beside.close()
        if more.changed and not lock.lost:
            keep_more(job.folder, more.kept, more.used)
