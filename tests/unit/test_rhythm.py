"""A series keeps weekday and wall time, also where the clocks change, and says why a date does not fit."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.opening import local_moment
from scheduling.rhythm import EVERY, TIMES, Rhythm, SeriesBroken, nearest_of, series_days, series_starts

BERLIN = ZoneInfo("Europe/Berlin")
RHYTHMS = st.builds(Rhythm, st.sampled_from(EVERY), st.sampled_from(TIMES))
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
WALLS = st.times(time(5), time(22))


@given(DAYS, WALLS, RHYTHMS)
def test_every_date_has_the_weekday_and_the_wall_time_of_the_first(day: date, wall: time, rhythm: Rhythm):
    starts = series_starts(local_moment(day, wall, BERLIN), BERLIN, rhythm)
    assert len(starts) == rhythm.times
    assert starts[0] == local_moment(day, wall, BERLIN)
    assert {(start.astimezone(BERLIN).weekday(), start.astimezone(BERLIN).time()) for start in starts} == {
        (day.weekday(), wall)
    }


@given(DAYS, RHYTHMS)
def test_dates_lie_so_many_weeks_apart(day: date, rhythm: Rhythm):
    days = list(series_days(day, rhythm))
    assert {later - before for before, later in zip(days, days[1:], strict=False)} == {timedelta(weeks=rhythm.weeks)}


@pytest.mark.parametrize(
    ("first", "hours"),
    [(datetime(2026, 10, 19, 7, 35, tzinfo=UTC), 169), (datetime(2027, 3, 22, 8, 35, tzinfo=UTC), 167)],
    ids=["autumn", "spring"],
)
def test_where_the_clocks_change_a_week_is_an_hour_longer_or_shorter(first: datetime, hours: int):
    begin, after = series_starts(first, BERLIN, Rhythm(1, 2))
    assert after - begin == timedelta(hours=hours)
    assert (begin.astimezone(BERLIN).time(), after.astimezone(BERLIN).time()) == (time(9, 35), time(9, 35))


@pytest.mark.parametrize("rhythm", [Rhythm(0, 3), Rhythm(9, 3), Rhythm(2, 1), Rhythm(2, 13), Rhythm(-1, -1)])
def test_no_series_is_longer_or_rarer_than_anybody_would_keep(rhythm: Rhythm):
    with pytest.raises(SeriesBroken):
        rhythm.check()


@given(st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2)), min_size=1))
def test_the_nearest_is_never_further_than_another(starts: list[datetime]):
    moment = datetime(2026, 1, 1, 12)
    found = nearest_of(starts, moment)
    assert found in starts
    assert all(abs(found - moment) <= abs(start - moment) for start in starts)
    assert nearest_of([], moment) is None
