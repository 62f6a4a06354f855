"""A second, naive reading of the lint rules: plain dictionaries, local times, loops over days. Shares no code with rules/.

It reads the same calendar file as text and says (rule, place) of everything that is broken. Where this reading and
the linter differ, one of them misreads a rule.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

Day, Minute = timedelta(days=1), timedelta(minutes=1)
Verdict = set[tuple[str, str]]


def local(text: Any) -> datetime:
    day, clock = str(text)[:10], str(text)[11:16]
    if clock == "24:00":
        return datetime.fromisoformat(day) + Day
    return datetime.fromisoformat(f"{day} {clock}")


def plain(text: Any) -> date:
    return date.fromisoformat(str(text)[:10])


def last_day(t: datetime) -> date:
    return (t - timedelta(seconds=1)).date()


class Naive:
    """One calendar with the founding school's rules and the authority's document, all as plain data."""

    def __init__(
        self, tree: dict[str, Any], rules: dict[str, Any], national: dict[str, Any], limits: dict[str, int]
    ) -> None:
        self.tree, self.rules, self.national, self.limits = tree, rules, national, limits
        self.found: Verdict = set()
        self.closed = {plain(c["day"]) for c in tree.get("closures", []) if c.get("offices", True)}
        self.years = {y["year"]: y for y in national["office_years"]}
        self.final = {lane["id"] for lane in rules["lanes"] if lane.get("final_grade")}
        self.lanes = [lane["id"] for lane in rules["lanes"]]
        self.year = tree["school_year"]
        self.known: dict[date, bool | None] = {}
        self.new_year = self.holiday()

    def say(self, rule: str, place: str) -> None:
        self.found.add((rule, place))

    def works(self, day: date) -> bool | None:
        if day not in self.known:
            self.known[day] = self.looked_up(day)
        return self.known[day]

    def looked_up(self, day: date) -> bool | None:
        if day.year not in self.years:
            return None
        year = self.years[day.year]
        if day in self.closed or day in [plain(x) for x in year["off"]]:
            return False
        return day.weekday() < 5 or day in [plain(x) for x in year.get("make_up", [])]

    def holiday(self) -> set[date]:
        all_days: set[date] = set()
        for year in self.years:
            row: list[date] = []
            for n in range(45):
                day = date(year, 1, 20) + n * Day
                if day.month <= 2 and not self.works(day):
                    row.append(day)
                else:
                    if len(row) >= self.limits["new_year_days"]:
                        all_days |= set(row)
                    row = []
        return all_days

    def count(self, first: date, last: date) -> int | None:
        """Working days after `first` up to `last`."""
        if first.year not in self.years or last.year not in self.years:
            return None
        if last < first:
            return -(self.count(last, first) or 0)
        return sum(1 for n in range((last - first).days) if self.works(first + (n + 1) * Day))

    def window(self, period: str, lane: str, kind: str) -> dict[str, Any] | None:
        for w in self.tree["windows"]:
            if (str(w["period"]), w["lane"], w["kind"]) == (period, lane, kind):
                return w
        return None

    def verdict(self) -> Verdict:
        for w in self.tree["windows"]:
            self.one(w)
        for d in self.tree["deadlines"]:
            self.duty(d)
        self.whole()
        return self.found

    def one(self, w: dict[str, Any]) -> None:
        period, lane, kind = str(w["period"]), w["lane"], w["kind"]
        place = f"{period} {lane} {kind}"
        opens, due, closes = local(w["opens"]), local(w["due"]), local(w["closes"])
        correction = local(w["correction_closes"]) if w.get("correction_closes") else None
        semester = self.tree["semesters"].get(period)
        grade12 = lane in self.final
        if kind == "outcome_upload" and semester:
            end = plain(semester["closing_ceremony"])
            if not (grade12 and period[-1] == "2"):
                if closes < datetime.combine(end + 15 * Day, datetime.min.time()):
                    self.say("upload-floor", f"{place} closes")
                if last_day(due) < end + 14 * Day:
                    self.say("upload-due-floor", f"{place} due")
            if opens.date() > plain(semester["first_day"]):
                self.say("upload-opens-late", f"{place} opens")
        if kind in ("semester_receipts", "yearly_receipts"):
            if (closes - opens).total_seconds() < 72 * 3600:
                self.say("receipt-floor", f"{place} closes")
            if (due - opens).total_seconds() < 72 * 3600:
                self.say("receipt-due-floor", f"{place} due")
        if kind in ("semester_submission", "yearly_submission"):
            self.submission(place, period, lane, kind, opens, due, closes)
        self.after(w, place, opens, due, closes, correction)
        starts = local(semester["opens"]) if semester else local(self.tree["opens"])
        if opens < starts:
            self.say("before-start", f"{place} opens")
        for name, t in (("due", due), ("correction_closes", correction), ("closes", closes)):
            if t is None:
                continue
            if last_day(t) in self.new_year:
                self.say("in-lunar-new-year", f"{place} {name}")
            if t.hour == 23 and t.minute == 59:
                self.say("minute-lost", f"{place} {name}")
            if name != "closes":
                self.hour(t, f"{place} {name}")
        self.dates(place, due)
        if closes.hour == closes.minute == 0 and last_day(due) != last_day(closes):
            self.say("at-midnight", f"{place} closes")
        if (
            self.works(last_day(closes)) is False
            and last_day(closes) not in self.new_year
            and last_day(closes) != last_day(due)
        ):
            self.say("closes-on-day-off", f"{place} closes")
        for c in self.tree.get("closures", []):
            for name, t in (("due", due), ("closes", closes)):
                if last_day(t) == plain(c["day"]):
                    self.say("due-on-closure", f"{place} {name}")
        if self.works(opens.date()) is False:
            self.say("opens-on-day-off", f"{place} opens")
        inside = self.count(opens.date() - Day, last_day(due))
        if inside is not None and inside <= 0:
            self.say("no-working-day", place)
        for own in self.tree.get("school_days", []):
            mine = not own.get("lanes") or lane in own["lanes"]
            student = kind in ("outcome_upload", "diverse_upload", "selection")
            sitting = own["kind"] in ("exam", "national_exam", "no_lessons")
            if mine and student and sitting and plain(own["first"]) <= last_day(due) <= plain(own["last"]):
                self.say("due-in-exam", f"{place} due")
        self.check(w, place, opens, closes)

    def submission(
        self, place: str, period: str, lane: str, kind: str, opens: datetime, due: datetime, closes: datetime
    ) -> None:
        theirs = None
        for n in self.national["windows"]:
            if str(n["period"]) == period and n["kind"] == kind and lane in n["lanes"]:
                theirs = n
        if theirs is None:
            self.say("national-missing", place)
        else:
            if opens < local(theirs["opens"]):
                self.say("inside-national", f"{place} opens")
            if closes > local(theirs["closes"]):
                self.say("inside-national", f"{place} closes")
            if theirs.get("hours"):
                first, last = (
                    datetime.strptime(str(theirs["hours"][k])[:5], "%H:%M").time() for k in ("opens", "closes")
                )
                inside = local(theirs["opens"]) < due <= local(theirs["closes"])
                if not inside or not first < due.time() <= last:
                    self.say("inside-national", f"{place} due")
        after = datetime(self.year + 1912, 2, 1) if period.endswith("-1") else datetime(self.year + 1912, 8, 1)
        if lane in self.final and not period.endswith("-1"):
            if closes > after:
                self.say("final-grade-same-year", f"{place} closes")
        elif opens < after:
            self.say("next-period", f"{place} opens")
        days = self.count(last_day(opens), last_day(closes))
        if days is not None and days < 9:
            self.say("cycle-starves", f"{place} closes")

    def after(
        self,
        w: dict[str, Any],
        place: str,
        opens: datetime,
        due: datetime,
        closes: datetime,
        correction: datetime | None,
    ) -> None:
        period, lane, kind = str(w["period"]), w["lane"], w["kind"]
        if kind == "certification":
            upload = self.window(period, lane, "outcome_upload")
            if correction is None:
                self.say("correction-missing", place)
            else:
                left = self.count(last_day(correction), last_day(closes))
                if left is not None and left < self.limits["answer_days"]:
                    self.say("answer-days", f"{place} closes")
            if upload:
                shut = local(upload["closes"])
                if closes <= shut:
                    self.say("certification-after-upload", f"{place} closes")
                left = self.count(last_day(shut), last_day(due))
                if left is not None and left < self.limits["certify_days"]:
                    self.say("certification-days", f"{place} due")
                if correction is not None:
                    if correction <= shut:
                        self.say("correction-after-upload", f"{place} correction_closes")
                    left = self.count(last_day(shut), last_day(correction))
                    if left is not None and left < self.limits["replace_days"]:
                        self.say("replace-days", f"{place} correction_closes")
        if kind == "selection":
            for half in ("-1", "-2"):
                other = self.window(period + half, lane, "certification")
                if other and opens < local(other["closes"]):
                    self.say("selection-after-certification", f"{place} opens")
            left = self.count(opens.date() - Day, last_day(due))
            if left is not None and left < self.limits["select_days"]:
                self.say("selection-days", f"{place} due")
        pairs = {
            "diverse_upload": ("selection", closes, "closes", "diverse-before-selection"),
            "yearly_submission": ("selection", opens, "opens", "submission-after-selection"),
            "semester_submission": ("entry", opens, "opens", "submission-after-entry"),
            "semester_receipts": ("semester_submission", opens, "opens", "receipts-after-submission"),
            "yearly_receipts": ("yearly_submission", opens, "opens", "receipts-after-submission"),
        }
        if kind in pairs:
            name, mine, edge, rule = pairs[kind]
            other = self.window(period, lane, name)
            if other:
                bad = mine > local(other["closes"]) if edge == "closes" else mine < local(other["closes"])
                if bad:
                    self.say(rule, f"{place} {edge}")
        if kind == "outcome_upload" and period.endswith("-2"):
            other = self.window(f"{self.year}-1", lane, kind)
            if other and opens < local(other["closes"]):
                self.say("semesters-overlap", f"{place} opens")
        if kind in ("outcome_upload", "diverse_upload", "selection") and due == closes:
            self.say("no-grace", f"{place} closes")

    def hour(self, t: datetime, place: str) -> None:
        if t.hour == 0 and t.minute == 0:
            self.say("at-midnight", place)
        elif not (t.hour == 23 and t.minute == 59):
            minutes = t.hour * 60 + t.minute
            if minutes < self.limits["first_hour"] * 60 or minutes > self.limits["last_hour"] * 60:
                self.say("unclear-hour", place)

    def dates(self, place: str, due: datetime) -> None:
        last = last_day(due)
        if self.works(last) is False and last not in self.new_year and last not in self.closed:
            self.say("due-on-day-off", f"{place} due")
        made = [plain(x) for y in self.years.values() for x in y.get("make_up", [])]
        if last in made:
            self.say("due-on-make-up-day", f"{place} due")

    def check(self, w: dict[str, Any], place: str, opens: datetime, closes: datetime) -> None:
        gated = ("outcome_upload", "certification", "selection", "semester_submission", "yearly_submission")
        own = w.get("self_check")
        if not own:
            if w["kind"] in gated:
                self.say("self-check-missing", place)
            return
        first, last = local(own["opens"]), local(own["closes"])
        if first < opens:
            self.say("self-check-outside", f"{place} self_check.opens")
        if last > closes:
            self.say("self-check-outside", f"{place} self_check.closes")
        if first >= last:
            self.say("self-check-order", f"{place} self_check.closes")
        if first.date() <= last_day(last):
            days = [first.date() + n * Day for n in range((last_day(last) - first.date()).days + 1)]
            if all(d.year in self.years for d in days) and not any(self.works(d) for d in days):
                self.say("self-check-no-working-day", f"{place} self_check")
        single = [p["id"] for p in self.rules["posts"] if p.get("per", "school") == "school"]
        if own["checker"] not in single:
            self.say("checker-unknown", f"{place} self_check.checker")

    def duty(self, d: dict[str, Any]) -> None:
        place, due = f"{d['period']} {d['duty']}", local(d["due"])
        period = str(d["period"])
        if local(d["opens"]) >= due:
            self.say("deadline-order", f"{place} opens")
        start = datetime(self.year + 1912, 2, 1) if period.endswith("-2") else datetime(self.year + 1911, 8, 1)
        end = datetime(self.year + 1912, 2, 1) if period.endswith("-1") else datetime(self.year + 1912, 8, 1)
        if due <= start or due > end:
            self.say("deadline-outside-period", f"{place} due")
        self.hour(due, f"{place} due")
        self.dates(place, due)
        if last_day(due) in self.new_year:
            self.say("in-lunar-new-year", f"{place} due")
        if due.hour == 23 and due.minute == 59:
            self.say("minute-lost", f"{place} due")
        for c in self.tree.get("closures", []):
            if plain(c["day"]) == last_day(due):
                self.say("due-on-closure", f"{place} due")
        uploads = [w for w in self.tree["windows"] if w["kind"] == "outcome_upload"]
        if d["duty"] == "calendar_publication":
            for m in self.tree["deadlines"]:
                if m["duty"] == "meeting" and m["period"] == d["period"] and due < local(m["due"]):
                    self.say("meeting-after-publication", f"{place} due")
            first = [local(w["opens"]) for w in uploads if str(w["period"]) == period]
            if first and due > min(first):
                self.say("published-late", f"{place} due")
        if d["duty"] == "system_training" and uploads and due > min(local(w["due"]) for w in uploads):
            self.say("training-late", f"{place} due")
        if d["duty"] == "grades_entry":
            sent = [
                local(w["opens"])
                for w in self.tree["windows"]
                if w["kind"] == "semester_submission" and str(w["period"]) == period
                and (period.endswith("-1") or w["lane"] not in self.final)
            ]  # fmt: skip
            if sent and due > min(sent):
                self.say("grades-before-submission", f"{place} due")

    def whole(self) -> None:
        for name, s in self.tree["semesters"].items():
            first, end = plain(s["first_day"]), plain(s["closing_ceremony"])
            low = date(self.year + 1912, 2, 1) if name.endswith("2") else date(self.year + 1911, 8, 1)
            high = date(self.year + 1912, 7, 31) if name.endswith("2") else date(self.year + 1912, 1, 31)
            if first < low or first > high:
                self.say("semester-frame", f"semesters.{name}.first_day")
            if end < low or end > high or end <= first:
                self.say("semester-frame", f"semesters.{name}.closing_ceremony")
            for place, day in (("first_day", first), ("closing_ceremony", end)):
                if self.works(day) is False:
                    self.say("closing-ceremony-day", f"semesters.{name}.{place}")
        for rule in self.rules["windows"]:
            halves = [f"{self.year}-1", f"{self.year}-2"] if rule["process"] == "semester" else [str(self.year)]
            for period in halves:
                for lane in self.lanes:
                    if self.window(period, lane, rule["kind"]) is None:
                        self.say("window-missing", f"{period} {lane} {rule['kind']}")
        dated = [(str(d["period"]), d["duty"]) for d in self.tree["deadlines"]]
        for half in (f"{self.year}-1", f"{self.year}-2"):
            if (half, "meeting") not in dated:
                self.say("meeting-missing", f"{half} meeting")
            for duty in ("calendar_publication", "platform_accounts", "grades_entry", "advisory_entry"):
                if (half, duty) not in dated:
                    self.say("deadline-missing", f"{half} {duty}")
        if (str(self.year), "evaluation") not in dated:
            self.say("deadline-missing", f"{self.year} evaluation")
        for duty, rule in (("briefing", "briefing-missing"), ("system_training", "training-missing")):
            if not [p for p, n in dated if n == duty and p.startswith(str(self.year))]:
                self.say(rule, f"{self.year} {duty}")
        self.crowd()

    def crowd(self) -> None:
        due = [last_day(local(d["due"])) for d in self.tree["deadlines"]]
        seen = set()
        for w in self.tree["windows"]:
            key = (w["lane"], last_day(local(w["due"])))
            if key in seen:
                continue
            seen.add(key)
            same = [x for x in self.tree["windows"] if (x["lane"], last_day(local(x["due"]))) == key]
            if len(same) + due.count(key[1]) >= self.limits["pile_up"]:
                self.say("last-day-pile-up", f"{w['period']} {w['lane']} {w['kind']} due")
        ended: set[tuple[str, date]] = set()
        for w in self.tree["windows"]:
            if w["kind"] not in ("outcome_upload", "diverse_upload", "selection"):
                continue
            key = (w["lane"], last_day(local(w["closes"])))
            if key in ended:
                self.say("students-one-day", f"{w['period']} {w['lane']} {w['kind']} closes")
            ended.add(key)
