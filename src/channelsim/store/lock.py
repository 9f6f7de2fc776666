"""One writer for a results folder: refused while another lives, taken over when it is dead.

On one machine the kernel knows who lives: it drops `flock` with the process, whatever ends it. A run on another machine
is known by its beat, a counter in `lock.json` that it raises every few seconds; whoever wants the folder watches it for
a while with its own clock. So clocks that jump or differ matter to nobody. A run that was asleep while its folder was
taken over finds another's mark in the file, and stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from channelsim.errors import ConfigError, Problem, shown
from channelsim.store.files import write_whole

LOCK, FLOCK = "lock.json", ".flock"
BEAT_S = 2.0
WATCH_S = 7.0  # a beat that stands still for so long is that of a dead run


class LostLock(Exception):
    """Another run has taken the folder over."""


class FolderLock:
    """Holds a folder while the `with` block lasts.

    Raises
    ------
    ConfigError
        On entry, if another run lives, or the folder cannot be written to.
    """

    def __init__(self, folder: Path, beat_s: float = BEAT_S, watch_s: float = WATCH_S) -> None:
        self.folder, self.beat_s, self.watch_s = folder, beat_s, watch_s
        self.token = secrets.token_hex(8)
        self.lost = False
        self._end = threading.Event()
        self._beat = 0

    def __enter__(self) -> FolderLock:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = (self.folder / FLOCK).open("a+b")
        except OSError as error:
            what = f"cannot be written to ({error.strerror})"
            raise ConfigError([Problem(shown(self.folder), 1, "--out", what, "name a folder that can")]) from None
        try:
            self._flock()
            self._take_over()
        except BaseException:
            self._file.close()
            raise
        self._thread = threading.Thread(target=self._live, daemon=True, name="beat")
        self._thread.start()
        return self

    def _flock(self) -> None:
        for attempt in range(5):
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if attempt < 4:
                    time.sleep(0.05)  # somebody may just be looking whether we live
        raise self._refusal(read_lock(self.folder))

    def _take_over(self) -> None:
        before = read_lock(self.folder)
        if before and before.get("host") != os.uname().nodename:  # flock may not reach across machines
            until = time.monotonic() + self.watch_s
            while time.monotonic() < until:
                time.sleep(min(0.2, self.watch_s / 10))
                now = read_lock(self.folder)
                if now.get("beat") != before.get("beat") or now.get("token") != before.get("token"):
                    raise self._refusal(now)
        self._write()
        if before and before.get("host") != os.uname().nodename:
            time.sleep(min(1.0, self.watch_s / 4))  # two that take over at once: the last to write has it
            self.check()

    def _refusal(self, holder: dict[str, Any]) -> ConfigError:
        who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}"
        what = f"is in use by another run ({who})"
        return ConfigError([Problem(shown(self.folder), 1, "--out", what, f"watch it with `channelsim study status {shown(self.folder)}`")])

    def _write(self) -> None:
        self._beat += 1
        content = {"host": os.uname().nodename, "pid": os.getpid(), "token": self.token, "beat": self._beat}
        write_whole(self.folder / LOCK, lambda file: file.write(json.dumps(content).encode()))

    def _live(self) -> None:
        while not self._end.wait(self.beat_s):
            try:
                self.check()
                self._write()
            except LostLock:
                return
            except OSError:  # a full disk does not end the run here; the writer of shards will say it
                continue

    def check(self) -> None:
        """Raise LostLock if the folder has another owner now."""
        now = read_lock(self.folder)
        if self.lost or (now and now.get("token") != self.token):
            self.lost = True
            raise LostLock(f"process {now.get('pid')} on {now.get('host')} has taken {self.folder} over")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()
        if not self.lost:
            (self.folder / LOCK).unlink(missing_ok=True)
        self._file.close()


def read_lock(folder: Path) -> dict[str, Any]:
    """What the holder has written; empty if there is none."""
    try:
        content = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def holder_lives(folder: Path, watch_s: float = 0.0) -> bool:
    """Is a run at work in this folder? On another machine it takes `watch_s` seconds to know."""
    before = read_lock(folder)
    if not before:
        return False
    if before.get("host") == os.uname().nodename:
        try:
            with (folder / FLOCK).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except OSError:
            return True
    until = time.monotonic() + watch_s
    while time.monotonic() < until:
        time.sleep(0.2)
        if read_lock(folder).get("beat") != before.get("beat"):
            return True
    return False
