"""Districts and streets as offices write them: in full, short, with the city before, by code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from huiju.registry.enums import RosterReason
from huiju.transfers.rules.cells import narrow

VARIANTS = str.maketrans("篔簹員當區滄廈門鎮蓮開鷺", "筼筜员当区沧厦门镇莲开鹭")
DISTRICT_TAIL = re.compile(r"(?<=..)(自治县|新区|区|县|市)$")
STREET_TAIL = re.compile(r"(?<=..)(街道办事处|街道办|办事处|街道|街|镇|乡)$")
BETWEEN = "/-·、,，;；|"
PROVINCE = re.compile(r"^[\u4e00-\u9fff]{2,3}省")


@dataclass(frozen=True)
class PlaceName:
    """A district or street by its code; `district` is the code of the district it lies in."""

    code: str
    name: str
    district: str


@dataclass
class Gazetteer:
    """The city's districts and streets."""

    city: str
    districts: dict[str, PlaceName] = field(default_factory=dict)
    streets: dict[str, list[PlaceName]] = field(default_factory=dict)

    @classmethod
    def of(cls, city: str, places: Iterable[PlaceName]) -> "Gazetteer":
        """`places` whose `district` is their own code are districts."""
        book = cls(city)
        for place in places:
            if place.code == place.district:
                for word in _written(place.name, DISTRICT_TAIL):
                    book.districts[word] = place
                book.districts[place.code] = place
                book.districts[place.code.ljust(12, "0")] = place
            else:
                for word in (
                    *_written(place.name, STREET_TAIL),
                    place.code,
                    place.code.ljust(12, "0"),
                ):
                    book.streets.setdefault(word, []).append(place)
        book.located = lru_cache(maxsize=8_000)(book.located)  # type: ignore[method-assign]
        return book

    def named_in(self, words: str) -> PlaceName | None:
        """The one district whose full name stands in a title; None if there is none or several."""
        found = {place for word, place in self.districts.items() if len(word) > 2 and word in words}
        return found.pop() if len(found) == 1 else None

    def located(
        self, district_words: str, street_words: str
    ) -> tuple[PlaceName | None, PlaceName | None, RosterReason | None]:
        """District, street and what is wrong. Both may stand in one cell: 思明区筼筜街道官任社区."""
        district, rest = self._district(self._plain(district_words))
        if district_words and district is None:
            return None, None, RosterReason.DISTRICT_UNKNOWN
        written = self._plain(street_words) or rest
        named, beyond = self._district(written) if written else (None, "")
        if named and beyond and beyond in self.streets and written not in self.streets:
            if district and named != district:
                return district, None, RosterReason.STREET_MISMATCH
            district, written = named, beyond
        if not written:
            return district, None, None
        return self._street(district, written, explicit=bool(street_words))

    def _street(
        self, district: PlaceName | None, written: str, *, explicit: bool
    ) -> tuple[PlaceName | None, PlaceName | None, RosterReason | None]:
        found = self.streets.get(written) or self._street_before(written)
        inside = [place for place in found if district is None or place.district == district.code]
        if len(inside) == 1:
            return self.districts[inside[0].district], inside[0], None
        if found and not inside:
            return district, None, RosterReason.STREET_MISMATCH
        return district, None, RosterReason.STREET_UNKNOWN if explicit else None

    def _street_before(self, written: str) -> list[PlaceName]:
        """The street with whose full name a longer text begins."""
        full = (word for word in self.streets if len(word) > 3 and written.startswith(word))
        return self.streets.get(max(full, key=len, default=""), [])

    def _district(self, written: str) -> tuple[PlaceName | None, str]:
        """A district and what is written behind its full name."""
        if written in self.districts:
            return self.districts[written], ""
        full = (word for word in self.districts if len(word) > 2 and written.startswith(word))
        word = max(full, key=len, default="")
        return (self.districts[word], written[len(word) :].lstrip(BETWEEN)) if word else (None, "")

    def _plain(self, words: str) -> str:
        plain = PROVINCE.sub("", narrow(words).translate(VARIANTS))
        for city in (self.city, self.city.removesuffix("市")):
            if city and plain.startswith(city) and plain != city:
                return plain.removeprefix(city).strip("/-·")
        return plain


def _written(name: str, tail: re.Pattern[str]) -> set[str]:
    plain = name.translate(VARIANTS)
    return {plain, tail.sub("", plain)}
