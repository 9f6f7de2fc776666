"""Strange input: spoils shipped configurations one at a time and sees whether `channelsim` answers as it must.

`python -m tests.fuzz.run --mutants 2000 --seed 1 --keep FOLDER`. Exit code 1 when a bar is missed: any traceback, hang
over 10 s, exit code other than 0 and 2, file written, dangerous file accepted; or the changed line named in less than 95 %.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

from tests.fuzz import csv_kinds, whole_kinds, yaml_kinds
from tests.fuzz.material import Material, Subject
from tests.fuzz.mutant import Mutant
from tests.fuzz.trial import Verdict, call, judge, shorten_worlds

NAMED_PCT = 95.0
KINDS = sorted({*yaml_kinds.KINDS, *csv_kinds.KINDS, *whole_kinds.KINDS})


def spoil(material: Material, kind: str, rng: Random) -> tuple[Subject, Mutant]:
    """A file and one mutation of it."""
    suffixes = [s for s, kinds in ((".yaml", yaml_kinds.KINDS), (".csv", csv_kinds.KINDS)) if kind in {*kinds, *whole_kinds.KINDS}]
    while True:
        suffix = rng.choice(suffixes)
        subject = material.pick(rng, suffix)
        data = (material.folder / subject.file).read_bytes()
        if kind in whole_kinds.KINDS:
            mutant = whole_kinds.KINDS[kind](data, rng)
        elif suffix == ".yaml":
            mutant = yaml_kinds.KINDS[kind](yaml_kinds.Page(data.decode()), rng)
        else:
            sheet = csv_kinds.Sheet(data.decode())
            if not sheet.plain:
                continue
            mutant = csv_kinds.KINDS[kind](sheet, rng)
        if mutant.data != data:  # a swap of equal values is no mutation
            return subject, mutant


def keep(folder: Path, name: str, subject: Subject, mutant: Mutant, verdict: Verdict) -> None:
    """Write a mutant that failed, and why."""
    folder.mkdir(parents=True, exist_ok=True)
    what = "; ".join(verdict.faults) or "the changed line is not named"
    text = f"{subject.file}: {mutant.kind}: {mutant.note}\n{what}\nlines {sorted(mutant.lines)[:20]}\n{verdict.seconds:.1f} s\n\n{verdict.message[:20000]}"
    (folder / f"{name}.txt").write_text(text, encoding="utf-8", errors="backslashreplace")
    (folder / f"{name}{subject.file.suffix}").write_bytes(mutant.data or b"")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--only", type=int, nargs="+", help="some mutants by their numbers")
    parser.add_argument("--keep", type=Path, help="folder for mutants that failed")
    args = parser.parse_args()
    shorten_worlds()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    faults: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        material = Material(Path(scratch) / "tree")
        warm_up(material)
        for number in args.only or range(args.mutants):
            kind, rng = args.kind or KINDS[number % len(KINDS)], Random(f"{args.seed}/{number}")
            subject, mutant = spoil(material, kind, rng)
            verdict = judge(subject, mutant, material)
            row = counts[kind]
            row["mutants"] += 1
            row["accepted"] += verdict.accepted
            row["refused"] += not verdict.accepted
            row["named"] += not verdict.accepted and verdict.named and not verdict.faults
            row["faults"] += bool(verdict.faults)
            row["slowest"] = max(row["slowest"], int(1000 * verdict.seconds))
            faults.update(f.split(":")[0] for f in verdict.faults)
            if args.keep and (verdict.faults or not verdict.named):
                keep(args.keep, f"{args.seed}-{number}", subject, mutant, verdict)
    return print_table(counts, faults)


def warm_up(material: Material) -> None:
    """Import everything and load the kernels once, so that each fork has them; what is shipped must be accepted."""
    import channelsim.config.check  # noqa: F401
    from channelsim.cli.single import Asked, run_region, run_world

    with contextlib.redirect_stdout(io.StringIO()):
        run_world(material.folder / "worlds/0.yaml", Asked(1, 0, "fast"))
        run_region(material.folder / "configs/regions/tiny", "", "", "", (0, 1, 0), Asked(1, 0, "fast"))
    for _, group in material.groups:
        for target in {s.target for s in group}:
            answer = call(("check", str(target)), material.folder, 60.0)
            assert answer.code == 0, answer.err
    gc.freeze()


def print_table(counts: dict[str, Counter[str]], faults: Counter[str]) -> int:
    """The figures by kind; 1 when a bar is missed."""
    columns = ("mutants", "accepted", "refused", "named", "faults")
    total: Counter[str] = Counter()
    print(f"{'kind':16s}" + "".join(f"{c:>10s}" for c in (*columns, "named %", "slowest s")))
    for kind, row in (*sorted(counts.items()), ("all", total)):
        share = 100.0 * row["named"] / row["refused"] if row["refused"] else 100.0
        print(f"{kind:16s}" + "".join(f"{row[c]:10d}" for c in columns) + f"{share:10.1f}{row['slowest'] / 1000:10.1f}")
        if row is not total:
            total.update({c: row[c] for c in columns})
            total["slowest"] = max(total["slowest"], row["slowest"])
    for fault, n in faults.most_common():
        print(f"  {n} x {fault}")
    missed = total["faults"] > 0 or (total["refused"] > 0 and share < NAMED_PCT)
    print("bars: no fault, and the changed line named in at least 95 % of refusals: " + ("MISSED" if missed else "held"))
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
