"""The rehearsal's calendar: examinations, how many pass each year, and when rosters are gathered."""

from dataclasses import dataclass
from datetime import date

# the second day of each year's examination is the day certificates are approved as of
EXAMS = {
    2008: date(2008, 6, 29), 2009: date(2009, 6, 14), 2010: date(2010, 6, 13),
    2011: date(2011, 6, 19), 2012: date(2012, 6, 17), 2013: date(2013, 6, 16),
    2014: date(2014, 6, 22), 2015: date(2015, 6, 14), 2016: date(2016, 6, 19),
    2017: date(2017, 6, 18), 2018: date(2018, 6, 10), 2019: date(2019, 6, 23),
    2020: date(2020, 11, 1), 2021: date(2021, 10, 17), 2022: date(2022, 6, 19),
    2023: date(2023, 6, 11), 2024: date(2024, 6, 16), 2025: date(2025, 5, 25),
    2026: date(2026, 5, 24),
}  # fmt: skip

# newly certified persons of each examination: (all, of them straight to intermediate)
COHORTS = {
    2008: (212, 64), 2009: (148, 30), 2010: (176, 34), 2011: (221, 40), 2012: (301, 52),
    2013: (507, 78), 2014: (504, 70), 2015: (694, 118), 2016: (1251, 236), 2017: (520, 96),
    2018: (1212, 240), 2019: (998, 205), 2020: (1493, 290), 2021: (787, 160), 2022: (2245, 430),
    2023: (1180, 230), 2024: (701, 130), 2025: (650, 120), 2026: (600, 110),
}  # fmt: skip

# assistants who pass the intermediate level; none in 2017, whose 520 passes are 520 new persons
PROMOTIONS = {
    2010: 12, 2011: 22, 2012: 34, 2013: 56, 2014: 80, 2015: 95, 2016: 190, 2018: 130, 2019: 120,
    2020: 170, 2021: 100, 2022: 260, 2023: 150, 2024: 90, 2025: 80, 2026: 70,
}  # fmt: skip

# seniors pass a review some months after the examination; none of them works in a community, since
# no rate for them was ever published
SENIORS = {
    date(2022, 12, 20): 11,
    date(2023, 12, 18): 9,
    date(2024, 12, 16): 14,
    date(2025, 12, 15): 16,
}
REVOCATIONS = {
    date(2016, 9, 12): 1, date(2019, 4, 18): 1, date(2019, 11, 20): 1, date(2022, 5, 16): 1,
    date(2024, 8, 22): 1,
}  # fmt: skip


@dataclass(frozen=True)
class Collection:
    """One gathering of rosters: the day the offices answered, and whether each district did so."""

    number: int
    as_of: date
    by_district: bool
    exams: tuple[int, ...]


def _collections() -> list[Collection]:
    plan: list[tuple[date, bool, tuple[int, ...]]] = [
        (date(2009, 12, 15), False, (2008, 2009)),
        (date(2011, 12, 15), False, (2010, 2011)),
        (date(2014, 3, 10), True, (2012, 2013)),
        (date(2015, 1, 20), True, (2014,)),
        (date(2015, 10, 20), True, (2015,)),
        (date(2016, 12, 12), True, (2016,)),
        (date(2017, 11, 10), True, (2017,)),
        (date(2018, 12, 10), False, (2018,)),
        (date(2019, 12, 10), False, (2019,)),
        (date(2021, 3, 22), False, (2020,)),
        (date(2022, 3, 21), False, (2021,)),
        (date(2023, 3, 10), True, (2022,)),
        (date(2023, 12, 20), False, (2023,)),
        (date(2024, 12, 20), False, (2024,)),
        (date(2025, 12, 22), False, (2025,)),
        (date(2026, 10, 26), True, (2026,)),
    ]
    return [Collection(number, *line) for number, line in enumerate(plan)]


COLLECTIONS = _collections()
