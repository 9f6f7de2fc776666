"""Makes the files of configs/regions/pohjois-pohjanmaa from the data pack in its folder `source`.

    python scripts/pohjois_pohjanmaa/build.py             write the files
    python scripts/pohjois_pohjanmaa/build.py --check     compare what is on disk with what this would write

The logic of each table that the pack lacks is in docs/decisions (0002 to 0004). Edit the results by hand if you
have better figures; keep their grade and source.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import holidays
import numpy as np
import pandas as pd
from parameters import delays, parameters
from staffing import COLUMNS_OF_SKILL, HOURS_A_YEAR, balanced, moved, people, static_hours, utilisation

REGION = Path(__file__).parents[2] / "configs" / "regions" / "pohjois-pohjanmaa"
SOURCE = REGION / "source"
OFFICE_MERGERS = {
    "m6_today": {},
    "m3": {"OUL": "A_Oulu", "OLK": "A_Oulu", "KOI": "A_Oulu", "RAA": "B_Raahe", "YLI": "C_OulunEteläinen", "HAA": "C_OulunEteläinen"},
    "m2": {"OUL": "A_North", "OLK": "A_North", "KOI": "A_North", "RAA": "B_South", "YLI": "B_South", "HAA": "B_South"},
    "m1": dict.fromkeys(("OUL", "OLK", "KOI", "RAA", "YLI", "HAA"), "A"),
}  # fmt: skip
OFFICE_MERGERS |= {"m1_min": OFFICE_MERGERS["m1"], "m6_6points": {}, "m3_16points": OFFICE_MERGERS["m3"]}
MODELS = ("m6_today", "m6_6points", "m3_16points", "m3", "m2", "m1", "m1_min")
# (network of, staff places of) for each model: which model's points and which one's posts it takes
NETWORK = {"m6_6points": "m3", "m3_16points": "m6_today"}
OPEN_DAYS = {5: "mon tue wed thu fri", 4: "mon tue thu fri", 3: "mon wed fri", 2: "tue thu"}
MAIN_HOURS, SMALL_HOURS = ("09:00", "16:00"), ("09:00", "15:00")
MAIN_POINTS = ("Oulu", "Raahe", "Ylivieska", "Kuusamo")
CAPACITY_OVER_DEMAND = 1.15  # slots offered over booked visits of the gross rates; with original rates about a quarter more
EMPLOYER_SERVICES, ONLY = ("S06", "S12"), {"S10": "laid_off_redundant", "S11": "immigrant"}
GRADED = {"grade": "estimated", "source": "", "note": ""}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


class Pack:
    """The cleaned pack and what is derived from it at once."""

    def __init__(self) -> None:
        read = lambda name: pd.read_csv(SOURCE / f"{name}.csv")  # noqa: E731
        self.towns = read("municipalities").rename(columns={"unemployed_jobseekers_2011_avg": "unemployed"})
        self.services = read("services").rename(columns={"service_id": "service"})
        self.points, self.models = read("service_points"), read("office_models")
        self.km = read("travel_km").set_index("municipality")
        self.parameters, self.delays = parameters(read("demand")), delays()
        self.values = self.parameters.set_index(["group", "parameter", "key"]).base
        self.minutes = self.travel_minutes()
        self.segments = list(dict.fromkeys(self.parameters[self.parameters.parameter == "web_capable_share"].key))
        self.shares = self.segment_shares()
        self.office_2011 = dict(zip(self.towns.municipality, self.towns.te_office_2011_assumed, strict=True))

    def value(self, group: str, name: str, key: str) -> float:
        return float(self.values[group, name, key])

    def travel_minutes(self) -> pd.DataFrame:
        """5 min start and parking + 80 km/h on roads; 50 km/h inside; 35 min for the ferry to Hailuoto."""
        minutes = 5 + 60 * self.km / 80
        intra = self.towns.set_index("municipality").intra_km
        for town in minutes.index:
            if town != "Hailuoto":
                minutes.loc[town, "Hailuoto"] += 35
                minutes.loc["Hailuoto", town] += 35
        for town in minutes.index:
            minutes.loc[town, town] = 5 + 60 * intra[town] / 50
        return minutes.round(1)

    def segment_shares(self) -> pd.DataFrame:
        """Regional shares of segments, the immigrant share tilted by foreign language speakers, renormalised (decisions 34)."""
        jobseekers = [s for s in self.segments if s != "employer"]
        base = pd.Series({s: self.value("segment", "share_of_unemployed", s) for s in jobseekers})
        weights = self.towns.unemployed / self.towns.unemployed.sum()
        foreign = self.towns.foreign_language_pct_2010
        tilt = foreign / (foreign * weights).sum()
        table = pd.DataFrame({s: base[s] * (tilt if s == "immigrant" else 1.0) for s in jobseekers}, index=self.towns.index)
        others = [s for s in jobseekers if s != "immigrant"]
        table[others] = table[others].mul((1 - table.immigrant) / table[others].sum(axis=1), axis=0)
        table.index = self.towns.municipality
        return table.assign(employer=1.0).round(6)


def graded(rows: list[dict[str, object]], **words: str) -> pd.DataFrame:
    return pd.DataFrame([row | GRADED | words for row in rows])


def simple_tables(pack: Pack) -> dict[str, pd.DataFrame]:
    """Tables that are the pack's own, cleaned."""
    t = pack.towns
    services = pack.services
    jobseekers = [s for s in pack.segments if s != "employer"]
    shares = []
    for town, row in pack.shares[jobseekers].iterrows():
        values = row.round(6).to_dict()
        values[jobseekers[1]] = round(1.0 - sum(v for k, v in values.items() if k != jobseekers[1]), 6)
        shares += [{"municipality": town, "segment": s, "share": v} for s, v in values.items()]
    weights = []
    for segment in pack.segments:
        for s in services.service:
            employer = s in EMPLOYER_SERVICES
            weight = float(segment == "employer") if employer else float(segment != "employer" and ONLY.get(s, segment) == segment)
            weights.append({"segment": segment, "service": s, "weight": weight})
    return {
        "municipalities": pd.DataFrame({
            "municipality": t.municipality, "code": t.kunta_code.astype(str).str.zfill(3), "population": t.population_2010_12_31,
            "unemployed": t.unemployed, "settlement_class": t.settlement_class, "foreign_language_pct": t.foreign_language_pct_2010,
            "lat": t.lat, "lon": t.lon, "grade": t.unemployed_flag, "source": t.population_source,
            "note": "population " + t.population_flag + ", language share " + t.foreign_language_flag + ", place " + t.coord_flag}),
        "services": pd.DataFrame({
            "service": services.service, "name": services.name, "tier": services.tier, "skill": services.skill,
            "visits_booked": services.appointment, "offered_at_joint_points": services.service.isin(["S01", "S02"]).astype(int),
            **GRADED}),
        "segments": graded([{"segment": s, "title": s.replace("_", " "), "customer_kind": "employer" if s == "employer" else "jobseeker"} for s in pack.segments]),
        "segment_service": graded(weights), "municipality_segment": graded(shares),
        "parameters": pack.parameters, "delays": pack.delays,
        "travel_km": pack.km.reset_index(), "travel_minutes": pack.minutes.reset_index(),
        "closed_days": closed_days(),
        "national_line": graded([{"pool": "national", "persons": national_persons(pack), "services": "N01|N02|N03"}], note="docs/decisions/0003"),
        "targets": graded([
            {"measure": "phone_wait_target_min", "target": 5, "unit": "min"}, {"measure": "phone_within_5_min_pct", "target": 80, "unit": "%"},
            {"measure": "appointment_lead_p90_days", "target": 14, "unit": "days"}, {"measure": "walk_in_wait_p90_min", "target": 30, "unit": "min"},
            {"measure": "unmet_pct", "target": 10, "unit": "%"}, {"measure": "staffed_point_within_60_min_pct", "target": 95, "unit": "%"}]),
    }  # fmt: skip


def closed_days() -> pd.DataFrame:
    """Finnish public holidays on working days, and the eves of midsummer and Christmas (decisions 23)."""
    found = {day: name for day, name in holidays.country_holidays("FI", years=range(2010, 2018), language="en_US").items()}
    rows = [{"date": day, "name": name, "grade": "sourced", "source": "Python package holidays", "note": ""}
            for day, name in sorted(found.items()) if dt.date(2010, 12, 20) <= day <= dt.date(2017, 1, 10)]  # fmt: skip
    return pd.DataFrame(rows)


def national_persons(pack: Pack) -> int:
    """Persons whose utilisation by the national services of the region is nearest to .75."""
    hours = 0.0
    for s in ("N01", "N02", "N03"):
        value = lambda name: pack.value("service", name, s)  # noqa: B023, E731
        contacts = value("contacts_per_unemployed_per_year") * pack.towns.unemployed.sum()
        web = 0.35 * value("web_eligible_share")
        hours += contacts * (1 - web) * (value("handling_phone_mean_min") + 1.5 + value("back_office_mean_min")) / 60
        hours += contacts * web * 0.73 * 0.6 * (value("handling_web_staff_mean_min") + value("back_office_mean_min")) / 60
    a_year = 52 * (4 * 8.0 + 7.25)
    return max(2, round(hours / a_year / 0.75))


def network(pack: Pack, model: str) -> list[dict[str, object]]:
    """Points of a model: name, office, kind, advisers."""
    own = pack.models[pack.models.model == NETWORK.get(model, model)]
    merged = OFFICE_MERGERS[model]
    kinds = {"staffed": "staffed", "yhteispalvelupiste": "joint", "yhteispalvelupiste_visiting": "joint_visiting"}
    rows = []
    for r in own.itertuples():
        office = pack.office_2011[r.municipality]
        rows.append({"model": model, "point": r.municipality, "office": merged.get(office, office), "kind": kinds[r.point_type],
                     "advisers_fte": r.municipal_generalist_fte})  # fmt: skip
    return rows


def staff_totals(pack: Pack, model: str) -> dict[str, int]:
    own = pack.models[(pack.models.model == NETWORK.get(model, model)) & (pack.models.te_staff_total > 0)]
    return dict(zip(own.municipality, own.te_staff_total, strict=True))


def management_posts(pack: Pack, model: str) -> dict[str, int]:
    """Management posts of a model by place: the bridging models keep those of their offices."""
    own = pack.models[pack.models.model == {"m6_6points": "m6_today", "m3_16points": "m3"}.get(model, model)]
    return {place: int(n) for place, n in zip(own.municipality, own.te_mgmt_support, strict=True) if n > 0}


def staff_table(pack: Pack, splits: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """staff.csv: every person's place by weekday in each model and split."""
    management = dict(zip(pack.points.municipality, pack.points.mgmt_support, strict=True))
    rows = []
    for split, table in splits.items():
        posts = people(table, management)
        rota = rota_numbers(posts)
        for model in MODELS:
            today = [p.place for p in posts]
            unmoved = NETWORK.get(model, model) == "m6_today"
            places = today if unmoved else moved(posts, staff_totals(pack, model), pack.minutes)
            released = released_managers(posts, management_posts(pack, model))
            for i, (post, place) in enumerate(zip(posts, places, strict=True)):
                rows.append([split, model, i + 1, post.role, post.skill, *[place] * 5, int(i in released), rota[i]])
    return pd.DataFrame(rows, columns=["split", "model", "person", "role", "skill", *WEEKDAYS, "released", "rota"])


def rota_numbers(posts: list) -> list[int]:
    """0, 1, 2 ... within point, role and skill, from an offset that differs by point and skill."""
    seen: dict[object, int] = {}
    numbers = []
    for post in posts:
        group = len(seen)
        first = seen.setdefault(post, group)
        key = (post, "n")
        numbers.append(first + seen.setdefault(key, 0))
        seen[key] += 1
    return numbers


def released_managers(posts: list, wanted: dict[str, int]) -> set[int]:
    """Managers without a post in the new model: each place keeps its own first, then posts are filled in order."""
    managers = [i for i, p in enumerate(posts) if p.role == "management"]
    kept: list[int] = []
    for place, n in wanted.items():
        kept += [i for i in managers if posts[i].place == place][:n]
    others = [i for i in managers if i not in kept]
    kept += others[: sum(wanted.values()) - len(kept)]
    return set(managers) - set(kept)


def model_tables(pack: Pack, staff: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables by office model: points, areas, hours, service map."""
    points, areas, hours, served = [], [], [], []
    for model in MODELS:
        here = staff[(staff.model == model) & (staff.split == "balanced")]
        totals = here.mon.value_counts()
        offices: dict[str, set[str]] = {}
        for row in network(pack, model):
            under_ten = int(row["kind"] == "staffed" and totals[row["point"]] < 10)
            points.append(row | {"under_ten": under_ten})
            if row["kind"] == "staffed":
                offices.setdefault(str(row["office"]), set()).add(str(row["point"]))
            hours += point_hours(pack, model, row)
        merged = OFFICE_MERGERS[model]
        areas += [{"model": model, "municipality": m, "office": merged.get(o, o)} for m, o in pack.office_2011.items()]
        for s in pack.services.itertuples():
            if s.tier == "national" or s.skill == "any":
                continue
            for how in ("line", "booked"):
                if s.tier == "concentrated":
                    served.append({"model": model, "service": s.service, "area": "*", "how": how, "place": "*"})
                    continue
                for office, places in offices.items():
                    have = here[(here.skill == s.skill) & here.mon.isin(places)]
                    served.append({"model": model, "service": s.service, "area": office, "how": how, "place": office if len(have) else "*"})
    special = [{"model": "*", "point": "phone_line", "weekday": d, "open": "09:00", "close": "16:15"} for d in WEEKDAYS]
    special += [
        {"model": "*", "point": "national_line", "weekday": d, "open": "09:00", "close": "16:15" if d == "fri" else "17:00"}
        for d in WEEKDAYS
    ]
    return {"points": graded(points), "office_area": graded(areas), "hours": pd.concat([graded(special, grade="sourced", note="opening rules of 2015, domain facts"), graded(hours)]),
            "service_map": graded(served, note="docs/decisions/0003")}  # fmt: skip


def point_hours(pack: Pack, model: str, row: dict[str, object]) -> list[dict[str, object]]:
    """Opening hours: today's as in the pack; a staffed point of another model every weekday; joint points 09-15."""
    point = str(row["point"])
    today = pack.points.set_index("municipality")
    days = 5
    if row["kind"] == "staffed" and point in today.index and model in ("m6_today", "m3_16points"):
        days = int(today.loc[point, "open_days_per_week"])
    opens, closes = MAIN_HOURS if point in MAIN_POINTS and row["kind"] == "staffed" else SMALL_HOURS
    if point == "Siikalatva" and days == 2:
        closes = "13:00"
    return [{"model": model, "point": point, "weekday": d, "open": opens, "close": closes} for d in OPEN_DAYS[days].split()]


def appointments(pack: Pack, split: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    """Slot grids by skill; the bookable share offers a quarter more slots than today's booked visits need (docs/decisions/0004)."""
    slot = {
        "jobsearch_almp": 50,
        "unemployment_security": 30,
        "guidance_rehab": 75,
        "employer_entrepreneur": 60,
        "muutosturva": 60,
        "integration": 100,
    }
    rows = []
    for skill, slot_min in slot.items():
        visits = booked_visits(pack, skill)
        n_slots = int((15 * 60 - slot_min - 9 * 60) // slot_min) + 1
        free = split[skill].sum() * 0.80 * 0.55  # present and not on other duties at a slot's time
        offered = free * n_slots * 250
        share = round(min(0.9, max(0.05, CAPACITY_OVER_DEMAND * visits / offered)), 2)
        rows.append({"skill": skill, "slot_min": slot_min, "first_slot": "09:00", "last_slot": "15:15", "bookable_share": share,
                     "notice_min": 1440, "horizon_working_days": 40, "hold_before_min": 15})  # fmt: skip
    return graded(rows, note="docs/decisions/0004")


def booked_visits(pack: Pack, skill: str) -> float:
    """Yearly visits by appointment that a skill's services bring today, hand-overs and rebooking of no-shows included."""
    total = 0.0
    for s in pack.services.itertuples():
        if s.skill != skill:
            continue
        phone = pack.value("service", "phone_eligible_share", s.service) * 0.66
        web = pack.value("service", "web_eligible_share", s.service) * 0.33
        contacts = pack.value("service", "contacts_per_unemployed_per_year", s.service) * pack.towns.unemployed.sum()
        share = (1 - web) * (1 - phone) if s.appointment else 0.10  # unbooked services: hand-overs only
        total += contacts * share * 1.10
    return total


def tables() -> dict[str, pd.DataFrame]:
    """Every file of the region, by name."""
    pack = Pack()
    office_of = pack.office_2011
    hours = static_hours(pack.services, pack.value, pack.towns, pack.shares)
    reconstructed = pack.points.set_index("municipality")[list(COLUMNS_OF_SKILL.values())]
    reconstructed.columns = list(COLUMNS_OF_SKILL)
    splits = {"balanced": balanced(pack.points, hours, office_of), "reconstructed": reconstructed}
    for name, split in splits.items():
        print(f"\nstatic utilisation, {name} ({HOURS_A_YEAR:.0f} contact hours a person and year)")
        print(utilisation(split, hours, office_of).round(2).to_string(index=False))
    print(splits["balanced"].to_string())
    staff = staff_table(pack, splits)
    return simple_tables(pack) | model_tables(pack, staff) | {"staff": staff, "appointments": appointments(pack, splits["balanced"], hours)}


def main() -> int:
    made = tables()
    different = []
    for name, table in made.items():
        path, text = REGION / f"{name}.csv", table.to_csv(index=False, lineterminator="\n")
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                different.append(path.name)
        else:
            path.write_text(text, encoding="utf-8")
    if different:
        print("differs from what the script makes:", ", ".join(different))
    return int(bool(different))


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    sys.exit(main())
