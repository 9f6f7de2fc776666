"""How far people live from service: arithmetic on travel times, before any queue (measure C2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from channelsim.scenario.region import OfficeModel, Region

# ending of a summary's name -> (unit, definition); the beginning names the kind of point
DEFINITIONS = {
    "_within_30_min_pct": ("%", "Unemployed within 30 min by car of the nearest such point, of all unemployed (C2)."),
    "_within_60_min_pct": ("%", "Unemployed within 60 min by car of the nearest such point, of all unemployed (C2)."),
    "_mean_min": ("min", "Minutes by car to the nearest such point, weighted by unemployed (C2)."),
    "_worst_min": ("min", "Minutes by car to the nearest such point from the municipality farthest from one (C2)."),
}


@dataclass(frozen=True, eq=False)
class Access:
    """Minutes by car from each municipality to the nearest point of a kind."""

    municipalities: tuple[str, ...]
    unemployed: np.ndarray
    staffed_min: np.ndarray
    any_point_min: np.ndarray
    concentrated_min: dict[str, np.ndarray]  # service -> minutes to the nearest place that has its skill

    def within_pct(self, minutes: np.ndarray, limit_min: float) -> float:
        """Per cent of the unemployed within a limit."""
        return float(100.0 * self.unemployed[minutes <= limit_min].sum() / self.unemployed.sum())

    def summary(self) -> dict[str, float]:
        """Coverage at 30 and 60 min, weighted mean and worst, for staffed points, any point, each concentrated service."""
        rows = {"staffed_point": self.staffed_min, "any_point": self.any_point_min}
        rows |= {f"service_{s}": m for s, m in self.concentrated_min.items()}
        result = {}
        for name, minutes in rows.items():
            result[f"{name}_within_30_min_pct"] = self.within_pct(minutes, 30.0)
            result[f"{name}_within_60_min_pct"] = self.within_pct(minutes, 60.0)
            result[f"{name}_mean_min"] = float(np.average(minutes, weights=self.unemployed))
            result[f"{name}_worst_min"] = float(minutes.max())
        return result


def access_of(region: Region, model: OfficeModel, split: str) -> Access:
    """Access under one office model."""
    town = {m.name: i for i, m in enumerate(region.municipalities)}

    def nearest(places: set[str]) -> np.ndarray:
        columns = [town[p] for p in sorted(places) if p in town]
        if not columns:
            return np.full(len(town), np.inf)
        return np.asarray(region.travel_min[:, columns].min(axis=1))

    staffed = {p.name for p in model.points if p.kind == "staffed"}
    skilled: dict[str, set[str]] = {}
    for person in model.staff[split]:
        if person.role == "specialist":
            skilled.setdefault(person.skill, set()).update(p for p in person.place if p)
    return Access(
        municipalities=tuple(town),
        unemployed=np.array([m.unemployed for m in region.municipalities]),
        staffed_min=nearest(staffed),
        any_point_min=nearest({p.name for p in model.points}),
        concentrated_min={s.id: nearest(skilled.get(s.skill, set())) for s in region.services if s.tier == "concentrated"},
    )
