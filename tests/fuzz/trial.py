"""Calls the command line on a spoiled file in a process of its own, and says what is wrong with the answer."""

from __future__ import annotations

import os
import re
import resource
import select
import shutil
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.material import Material, Subject
from tests.fuzz.mutant import Mutant

LIMIT_S = 10.0
MOST_MEMORY = 6 << 30
SAID = re.compile(r"^.+?:\d+: .+?: .+; .+$")
LAST = re.compile(r"^\d+ problems?; nothing was written\.$")


@dataclass
class Answer:
    code: int | None  # None: killed at the limit
    out: str
    err: str


@dataclass
class Verdict:
    accepted: bool = False
    named: bool = True
    faults: list[str] = field(default_factory=list)
    message: str = ""
    seconds: float = 0.0


def call(words: tuple[str, ...], folder: Path, limit_s: float | None = None) -> Answer:
    """`channelsim WORDS` in a forked process: what is imported and compiled is there already, and a hang can be killed."""
    logs = [folder.parent / "stdout", folder.parent / "stderr"]
    pid = os.fork()
    if pid == 0:
        _child(words, folder, logs)
    handle = os.pidfd_open(pid)
    ended, _, _ = select.select([handle], [], [], limit_s or LIMIT_S)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    os.close(handle)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Answer(code if ended else None, *(log.read_text(encoding="utf-8", errors="replace") for log in logs))


def _child(words: tuple[str, ...], folder: Path, logs: list[Path]) -> None:
    code = 99
    try:
        for number, log in zip((1, 2), logs, strict=True):
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        os.chdir(folder)
        sys.argv = ["channelsim", *words]
        from channelsim.cli.main import main

        try:
            main()
            code = 0
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 0 if leave.code is None else 1
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def shorten_worlds() -> None:
    """Let runs of worlds be short: at most 5,000 minutes and about 100,000 arrivals, whatever an accepted file says."""
    from dataclasses import replace

    from channelsim.config import world

    load = world.load_world

    def short(path: Path) -> object:
        queues = load(path)
        a_minute = sum(s.per_min for c in queues.classes for s in c.rates)
        length = min(5000.0, 1e5 / max(a_minute, 1e-9))
        return replace(queues, length_min=min(queues.length_min, length), warm_up_min=min(queues.warm_up_min, length))

    world.load_world = short  # type: ignore[assignment]


def judge(subject: Subject, mutant: Mutant, material: Material) -> Verdict:
    """Spoil the file, call the commands, put the file back."""
    path = material.folder / subject.file
    original, before, out = path.read_bytes(), material.files(), material.folder.parent / "out"
    path.unlink() if mutant.data is None else path.write_bytes(mutant.data)
    started = time.monotonic()
    try:
        answer = call(("check", str(subject.target)), material.folder)
        verdict = _of_check(answer, subject, mutant)
        for words in subject.then if verdict.accepted else ():
            answer = call(words, material.folder)
            verdict.faults += _of_any(answer)
            if answer.code != 0 and out.exists():
                verdict.faults.append("partial output")
            verdict.message += answer.err
            shutil.rmtree(out, ignore_errors=True)
    finally:
        path.write_bytes(original)
    strays = material.files() - before - {path}
    if strays:
        verdict.faults.append(f"wrote {sorted(map(str, strays))[:3]}")
        for stray in strays:
            shutil.rmtree(stray) if stray.is_dir() else stray.unlink(missing_ok=True)
    verdict.seconds = time.monotonic() - started
    return verdict


def _of_check(answer: Answer, subject: Subject, mutant: Mutant) -> Verdict:
    verdict = Verdict(accepted=answer.code == 0, faults=_of_any(answer), message=answer.err)
    if verdict.accepted and mutant.must_refuse:
        verdict.faults.append("accepted")
    if answer.code == 2:
        named = {int(n) for n in re.findall(rf"{re.escape(str(subject.file))}:(\d+)", answer.err)}
        verdict.named = bool(named & mutant.lines) if mutant.lines else bool(named)
    return verdict


def _of_any(answer: Answer) -> list[str]:
    """Faults that no answer may have."""
    faults = []
    if answer.code is None:
        return ["hangs over 10 s"]
    if "Traceback (most recent call last)" in answer.err + answer.out:
        lines = answer.err.rstrip().splitlines()
        faults.append(f"traceback: {next((x for x in reversed(lines) if not x.startswith('this is a mistake')), '')[:120]}")
    elif answer.code not in (0, 2):
        faults.append(f"exit code {answer.code}: {answer.err[-200:]}")
    if answer.code == 2:
        *said, last = answer.err.rstrip("\n").split("\n")
        if not LAST.match(last) or not said or not all(SAID.match(x) for x in said):
            faults.append("message is not in the form file:line: field: what; mend")
        if any(not x.isprintable() for x in (*said, last)):
            faults.append("message holds control characters")
    return faults
