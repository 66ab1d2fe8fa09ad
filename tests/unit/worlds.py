"""Random worlds for property tests, and an oracle that walks them minute by minute with none of the engine's tricks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import holidays
from hypothesis import strategies as st

from scheduling.interval import Interval
from scheduling.opening import Exceptions, Rule
from scheduling.setup import CentrePlan, Person, ServicePlan, Setup, Space, Timetable
from scheduling.wish import FEMALE_COUNSELLOR, ROOM_WISHES, Route, Slot, Wish

ZONE = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
FREE = frozenset(holidays.country_holidays("DE", subdiv="BW", years=[2026, 2027]))
LANGUAGES = ("de", "ar", "uk", "ti")
MONDAYS = [date(2026, 10, 19), date(2026, 10, 26), date(2026, 12, 21), date(2027, 3, 22), date(2027, 5, 31)]
"""Mondays of weeks with a change of the clocks, with holidays, and of plain ones."""


@dataclass
class RandomWorld:
    """A set-up, what is taken (resource id, interval, held until), and a window to look in."""

    setup: Setup
    window: Interval
    now: datetime
    taken: list[tuple[int, Interval, datetime | None]] = field(default_factory=list)


def moments(day: date) -> st.SearchStrategy[time]:
    return st.builds(time, st.integers(7, 15), st.sampled_from([0, 5, 15, 30, 45]))


@st.composite
def timetables(draw: st.DrawFn, monday: date) -> Timetable:
    rules = []
    for weekday in draw(st.lists(st.integers(0, 6), min_size=1, max_size=4) | st.just(list(range(7)))):
        opens = draw(moments(monday))
        closes = (datetime.combine(monday, opens) + timedelta(minutes=draw(st.integers(4, 90)) * 5)).time()
        rules.append(
            Rule(
                weekday, opens, closes, draw(st.sampled_from([monday - timedelta(days=30), monday])),
                draw(st.sampled_from([None, None, monday + timedelta(days=2)])), draw(st.sampled_from([1, 1, 2])),
            )
        )  # fmt: skip
    return Timetable(tuple(rules), exceptions=draw(exceptions(monday)))


def stretches(monday: date, most: int) -> st.SearchStrategy[list[Interval]]:
    start = datetime.combine(monday, time(5), tzinfo=ZoneInfo("UTC"))
    one = st.builds(
        lambda cell, length: Interval(
            start + cell * timedelta(minutes=5), start + (cell + length) * timedelta(minutes=5)
        ),
        st.integers(0, 4 * 288),
        st.integers(1, 100),
    )
    return st.lists(one, max_size=most)


@st.composite
def exceptions(draw: st.DrawFn, monday: date) -> Exceptions:
    if draw(st.integers(0, 3)):
        return Exceptions()
    return Exceptions(*(tuple(draw(stretches(monday, most))) for most in (1, 1, 2, 1)))


@st.composite
def worlds(draw: st.DrawFn) -> RandomWorld:
    monday = draw(st.sampled_from(MONDAYS))
    services = {n: draw(service(n)) for n in (1, 2)}
    centres = {
        n: CentrePlan(n, ZONE, draw(tongues), draw(tongues), draw(st.integers(0, 3)))
        for n in range(1, draw(st.integers(1, 2)) + 1)
    }
    people, spaces = {p.id: p for p in draw(crowd())}, {s.id: s for s in draw(house(sorted(centres)))}
    tables = {
        (id_, centre_id): draw(timetables(monday))
        for id_ in people
        for centre_id in draw(st.sets(st.sampled_from(sorted(centres)), min_size=1))
    } | {(space.id, space.centre_id): draw(doors | timetables(monday)) for space in spaces.values()}
    world = RandomWorld(Setup(1, services, centres, people, spaces, tables), _window(draw, monday), _now(draw, monday))
    for id_ in [*people, *spaces]:
        for interval in draw(stretches(monday, 3)):
            if not any(i == id_ and interval.overlaps(other) for i, other, _ in world.taken):
                world.taken.append((id_, interval, draw(st.sampled_from([None, None, world.now, world.now + MINUTE]))))
    return world


@st.composite
def crowd(draw: st.DrawFn) -> list[Person]:
    """One to four counsellors, up to two interpreters."""
    skills = st.sampled_from([frozenset({1, 2})] * 3 + [frozenset({1}), frozenset({2})])
    counsellors = [
        Person(10 + n, True, draw(st.integers(0, 2)) > 0, draw(tongues), draw(skills), None)
        for n in range(draw(st.integers(1, 4)))
    ]
    return counsellors + [
        Person(30 + n, False, draw(st.booleans()), draw(tongues), frozenset(), None)
        for n in range(draw(st.integers(0, 2)))
    ]


@st.composite
def house(draw: st.DrawFn, centres: list[int]) -> list[Space]:
    """One to four rooms; from the third on some are halls of the first two, which are at the first centre."""
    spaces = []
    for id_ in range(50, 50 + draw(st.integers(1, 4))):
        hall = id_ > 51 and draw(st.booleans())
        centre_id = 1 if hall or id_ < 52 else draw(st.sampled_from(centres))
        features = frozenset(draw(st.sampled_from([["pc", "step_free"], ["pc", "step_free"], ["pc"], []])))
        spaces.append(Space(id_, centre_id, draw(st.integers(3, 7)), features, id_, (50, 51) if hall else (id_,)))
    return spaces


doors = st.just(Timetable(tuple(Rule(day, time(7), time(20), MONDAYS[0] - timedelta(days=7)) for day in range(7))))
"""Most rooms are open whenever anybody could be there."""

tongues = st.frozensets(st.sampled_from(LANGUAGES), min_size=1, max_size=3)


@st.composite
def service(draw: st.DrawFn, number: int) -> ServicePlan:
    minutes = st.sampled_from([15, 30, 45, 90])
    return ServicePlan(
        number, f"B0{number}", draw(minutes) * MINUTE, draw(st.sampled_from([0, 5, 10])) * MINUTE,
        draw(st.sampled_from([0, 0, 120])) * MINUTE, timedelta(days=draw(st.sampled_from([2, 40, 40]))), 4,
        frozenset(draw(st.sampled_from([[], [], [], [], ["pc"]]))), draw(st.sampled_from([False] * 5 + [True])),
        None,
    )  # fmt: skip


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    services = draw(st.sampled_from([(1,), (1,), (2,), (2,), (1, 2), (2, 1), (1, 1)]))
    return Wish(
        services, (), tuple(draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=2, unique=True))),
        party=draw(st.sampled_from([1, 1, 2, 3])),
        wishes=frozenset(draw(st.sampled_from([[], [], [], [], [FEMALE_COUNSELLOR], ["step_free"]]))),
        together=len(services) == 2 and draw(st.booleans()),
        counsellor=draw(st.sampled_from([None, None, None, None, 10, 11])),
        routes=draw(st.just(frozenset(Route)) | st.frozensets(st.sampled_from(list(Route)), min_size=1)),
    )  # fmt: skip


def _window(draw: st.DrawFn, monday: date) -> Interval:
    start = datetime.combine(monday, time(0), tzinfo=ZONE).astimezone(ZoneInfo("UTC"))
    first = start + draw(st.integers(0, 30)) * timedelta(hours=5)
    return Interval(first, first + draw(st.integers(3, 30)) * timedelta(hours=5))


def _now(draw: st.DrawFn, monday: date) -> datetime:
    start = datetime.combine(monday, time(8), tzinfo=ZONE).astimezone(ZoneInfo("UTC"))
    return start - draw(st.integers(0, 60)) * timedelta(hours=1)


class Oracle:
    """Asks of every five minutes whether somebody could start there, trying every combination of people and rooms."""

    def __init__(self, world: RandomWorld, wish: Wish) -> None:
        self.world, self.wish, self.setup = world, wish, world.setup
        self.services = [world.setup.services[id_] for id_ in wish.services]
        self.opened: dict[tuple[int, int], list[Interval]] = {}

    def slots(self) -> Iterator[Slot]:
        for centre_id in self.setup.centres:
            start, end = self.world.window
            while start < end:
                route = self.route_at(centre_id, start)
                if route and self.reached(start):
                    length = self.parts(start)[-1].end - start if not self.wish.together else self.longest()
                    yield Slot(start, start + length, route, centre_id)
                start += timedelta(minutes=5)

    def longest(self) -> timedelta:
        return max(s.length for s in self.services)

    def reached(self, start: datetime) -> bool:
        now = self.world.now
        return all(now + s.lead_time <= start <= now + s.horizon for s in self.services)

    def parts(self, start: datetime) -> list[Interval]:
        found, at = [], start
        for s in self.services:
            found.append(Interval(at, at + s.length))
            at = at if self.wish.together else at + s.length
        return found

    def route_at(self, centre_id: int, start: datetime) -> Route | None:
        if not self.room_at(centre_id, start):
            return None
        spoken, centre = set(self.wish.languages), self.setup.centres[centre_id]
        direct = any(all(self.setup.people[c].languages & spoken for c in who) for who in self.casts(centre_id, start))
        anybody = any(True for _ in self.casts(centre_id, start))
        end = max(part.end for part in self.parts(start))
        can = {
            Route.DIRECT: direct,
            Route.HOUSE: anybody and any(
                self.there(p.id, centre_id, Interval(start, end), Interval(start, end))
                for p in self.setup.people.values()
                if not p.counsellor and p.languages & spoken
                and (p.woman or not any(s.women_only for s in self.services))
            ),
            Route.POOL: anybody and bool(centre.pool_languages & spoken) and self.enough_notice(centre, start),
            Route.PHONE: anybody and bool(centre.phone_languages & spoken),
        }  # fmt: skip
        return next((route for route in Route if route in self.wish.routes and can[route]), None)

    def enough_notice(self, centre: CentrePlan, start: datetime) -> bool:
        day, left = self.world.now.astimezone(ZONE).date(), centre.pool_notice
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in FREE
        return start.astimezone(ZONE).date() >= day

    def casts(self, centre_id: int, start: datetime) -> Iterator[tuple[int, ...]]:
        """Every choice of counsellors for the parts that could begin now."""
        people = [
            p.id
            for p in self.setup.people.values()
            if p.counsellor
            and (p.woman or not (FEMALE_COUNSELLOR in self.wish.wishes or any(s.women_only for s in self.services)))
            and self.begins_on_grid(p.id, centre_id, start)
        ]
        others = [p.id for p in self.setup.people.values() if p.counsellor]
        women = FEMALE_COUNSELLOR in self.wish.wishes or any(s.women_only for s in self.services)
        later = [id_ for id_ in others if self.setup.people[id_].woman or not women]
        pools = [people] + [later] * (len(self.services) - 1)
        for cast in product(*pools):
            if self.cast_fits(cast, centre_id, start):
                yield cast

    def cast_fits(self, cast: tuple[int, ...], centre_id: int, start: datetime) -> bool:
        if self.wish.together and len(set(cast)) < len(cast):
            return False
        asked = self.wish.counsellor
        for number, id_ in enumerate(cast):
            able = self.services[number].id in self.setup.people[id_].services
            could = asked in self.setup.people and self.services[number].id in self.setup.people[asked].services
            could = could and (asked, centre_id) in self.setup.timetables and asked in self.allowed()
            if not able or (asked and (number == 0 or (could and not self.wish.together)) and id_ != asked):
                return False
        return self.chain_fits(cast, centre_id, start)

    def allowed(self) -> set[int]:
        women = FEMALE_COUNSELLOR in self.wish.wishes or any(s.women_only for s in self.services)
        wanted = {s.id for s in self.services}
        return {
            p.id for p in self.setup.people.values() if p.counsellor and p.services & wanted and (p.woman or not women)
        }

    def chain_fits(self, chain: tuple[int, ...], centre_id: int, start: datetime) -> bool:
        """Whether resources, one a part, are there for it and rest their buffer unless they go on themselves."""
        for number, (id_, part, s) in enumerate(zip(chain, self.parts(start), self.services, strict=True)):
            goes_on = not self.wish.together and number + 1 < len(chain) and chain[number + 1] == id_
            busy = part if goes_on else Interval(part.start, part.end + s.buffer)
            if not self.there(id_, centre_id, part, busy):
                return False
        return True

    def room_at(self, centre_id: int, start: datetime) -> bool:
        features = set(self.wish.wishes & ROOM_WISHES).union(*(s.features for s in self.services))
        seats = self.wish.party + (2 if self.wish.together else 1)
        rooms = [
            s.id
            for s in self.setup.spaces.values()
            if s.centre_id == centre_id and s.seats >= seats and features <= s.features
        ]
        if self.wish.together:
            longest = max(self.services, key=lambda s: s.length + s.buffer)
            during = Interval(start, start + self.longest())
            return any(self.there(r, centre_id, during, Interval(start, during.end + longest.buffer)) for r in rooms)
        return any(self.chain_fits(chain, centre_id, start) for chain in product(rooms, repeat=len(self.services)))

    def there(self, id_: int, centre_id: int, open_for: Interval, free_for: Interval) -> bool:
        space = self.setup.spaces.get(id_)
        atoms = space.claims if space else (id_,)
        opened = all(
            any(o.start <= open_for.start and open_for.end <= o.end for o in self.open_of(r, centre_id))
            for r in {id_, *atoms}
        )
        return opened and not any(
            i in atoms and free_for.overlaps(t) and (until is None or until > self.world.now)
            for i, t, until in self.world.taken
        )

    def begins_on_grid(self, id_: int, centre_id: int, start: datetime) -> bool:
        last = max(self.services, key=lambda s: s.length + s.buffer) if self.wish.together else self.services[-1]
        length = self.longest() if self.wish.together else sum((s.length for s in self.services), timedelta())
        pitch = length + last.buffer
        return any(
            o.start <= start < o.end and (start - o.start) % pitch == timedelta() for o in self.open_of(id_, centre_id)
        )

    def open_of(self, id_: int, centre_id: int) -> list[Interval]:
        """Open stretches around the window, from asking every five minutes on its own."""
        key = (id_, centre_id)
        if key not in self.opened:
            table, found = self.setup.timetables.get(key, Timetable()), []
            at = self.world.window.start - timedelta(days=2)
            while at < self.world.window.end + timedelta(days=2):
                if self.is_open(table, at):
                    after = at + timedelta(minutes=5)
                    found.append(
                        Interval(found.pop().start, after) if found and found[-1].end == at else Interval(at, after)
                    )
                at += timedelta(minutes=5)
            self.opened[key] = found
        return self.opened[key]

    @staticmethod
    def is_open(table: Timetable, moment: datetime) -> bool:
        """Holiday before closure before absence before extra hours before the weekly plan, at one moment."""
        except_ = table.exceptions
        if any(i.start <= moment < i.end for i in (*except_.closures, *except_.absences)):
            return False
        if any(i.start <= moment < i.end for i in except_.festive):
            return True
        local = moment.astimezone(ZONE)
        if local.date() in FREE:
            return False
        return any(i.start <= moment < i.end for i in except_.extra) or any(
            rule.weekday == local.weekday()
            and rule.opens <= local.time() < rule.closes
            and rule.valid_from <= local.date() <= (rule.valid_until or local.date())
            and weeks_between(rule.valid_from, local.date()) % rule.every_weeks == 0
            for rule in table.rules
        )


def weeks_between(one: date, other: date) -> int:
    """Calendar weeks from one day's to another's."""
    return (other - timedelta(days=other.weekday()) - (one - timedelta(days=one.weekday()))).days // 7
