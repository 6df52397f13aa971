"""What the rehearsal city must show, written by hand and independent of the generator.

`PUBLISHED` is what the city of Xiamen made public; the sources are in `README.md`. `INVENTED` values
are this rehearsal's own: nothing was published for those days.
"""

from datetime import date

# persons holding a certificate approved on or before the day and not revoked by it
PUBLISHED = {
    date(2014, 3, 18): 1565,
    date(2015, 3, 3): 2069,
    date(2015, 10, 31): 2763,
    date(2015, 12, 31): 2763,
    date(2017, 11, 15): 4533,
    date(2021, 8, 26): 8234,
    date(2023, 3, 21): 11265,
}

# by the highest level held
PUBLISHED_LEVELS = {date(2015, 3, 3): {"assistant": 1497, "intermediate": 572}}

# 4,533 less the 520 who passed in 2017
DERIVED = {date(2016, 12, 31): 4013}

INVENTED = {
    date(2008, 12, 31): 212,
    date(2009, 12, 31): 360,
    date(2010, 12, 31): 536,
    date(2011, 12, 31): 757,
    date(2012, 12, 31): 1058,
    date(2013, 12, 31): 1565,
    date(2014, 12, 31): 2069,
    date(2018, 12, 31): 5745,
    date(2019, 12, 31): 6741,
    date(2020, 12, 31): 8234,
    date(2021, 12, 31): 9021,
    date(2022, 12, 31): 11265,
    date(2023, 12, 31): 12445,
    date(2024, 12, 31): 13145,
    date(2025, 12, 31): 13795,
    date(2026, 10, 31): 14395,
}

CERTIFIED = PUBLISHED | DERIVED | INVENTED
