"""The roster as a sheet: its columns under all the names offices give them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.registry import services
from huiju.registry.enums import ROSTER_SUGGESTIONS, RosterReason
from huiju.registry.rules.headers import ALIASES, FALLBACKS, KNOWN
from huiju.registry.rules.places import Gazetteer, PlaceName
from huiju.registry.rules.plain import PlainRoster
from huiju.registry.rules.roster import VALUES, RosterAcross, RosterTerms, judge
from huiju.transfers.enums import ROW_SUGGESTIONS
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.records import Applied, Staged

TITLES = {
    "name": "姓名",
    "sex": "性别",
    "id_type": "身份证件类型",
    "id_no": "证件号码",
    "education": "学历",
    "employer": "单位",
    "employer_kind": "单位类型",
    "district": "所在区",
    "street": "街道",
    "community": "社区",
    "title": "岗位",
    "established": "在编情况",
    "field": "服务领域",
    "level": "证书级别",
    "certificate_no": "证书编号",
    "management_no": "管理号",
    "cert_date": "批准日期",
    "revoked_on": "证书撤销日期",
    "post_start": "到岗日期",
    "post_end": "离岗日期",
    "phone": "联系电话",
}
"""Field → its column in the template, in the template's order."""

NEEDED = frozenset({"name", "id_no", "level", "cert_date"})
TEXTS = frozenset({"id_no", "certificate_no", "management_no", "phone"})
HINTS = {"cert_date": "2014-06-22", "post_start": "2012-03-01"}
CHOICES = {
    "sex": ("男", "女"),
    "id_type": (
        "居民身份证",
        "港澳台居民居住证",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "外国人永久居留身份证",
    ),
    "employer_kind": ("社区", "社工机构", "事业单位", "机关", "其他"),
    "established": ("在编", "非在编"),
    "level": ("助理社会工作师", "社会工作师", "高级社会工作师"),
}
COLUMNS = tuple(
    Column(
        field,
        title,
        ALIASES.get(field, ()),
        FALLBACKS.get(field, ()),
        required=field in NEEDED,
        choices=CHOICES.get(field, ()),
        hint=HINTS.get(field, ""),
        as_text=field in TEXTS,
    )
    for field, title in TITLES.items()
)


def roster_terms(by: User | None, on: date) -> RosterTerms:
    """Places and rights against which rows are judged; without a user every district is allowed."""
    places = list(Place.objects.order_by("starts_on", "pk"))
    districts = [place for place in places if place.kind == PlaceKind.DISTRICT]
    city = next((place.name for place in places if place.kind == PlaceKind.CITY), "")
    book = Gazetteer.of(city, _names(places, on))
    if by is None or any(place.kind == PlaceKind.CITY and _fills(by, place) for place in places):
        return RosterTerms(on, book)
    allowed = frozenset(place.code for place in districts if _fills(by, place))
    return RosterTerms(on, book, allowed, min(allowed) if len(allowed) == 1 else "")


def _fills(by: User, place: Place) -> bool:
    """Rights are those of today, whatever day the roster stands for."""
    return by.holds("transfers.import", place)


def _names(places: list[Place], on: date) -> list[PlaceName]:
    """Each name once in a district: the place in force on the day before former ones."""
    best: dict[tuple[str, str], Place] = {}
    for place in places:
        if place.kind not in (PlaceKind.DISTRICT, PlaceKind.STREET):
            continue
        key = _district_code(place), place.name
        ended = place.ends_on is not None and place.ends_on <= on
        if key not in best or not ended:
            best[key] = place
    return [PlaceName(p.code, p.name, _district_code(p)) for p in best.values()]


def _district_code(place: Place) -> str:
    return place.path.rstrip("/").split("/")[1]


def apply_rows(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Hand accepted rows to the registry."""
    results = services.apply_roster(
        [_roster_row(row) for row in rows], by=by, at=at, import_id=import_id
    )
    return [Applied(result.outcome, result.reason, result.message) for result in results]


def _roster_row(row: Staged) -> services.RosterRow:
    said: dict[str, Any] = {key: value for key, value in row.values.items() if value}
    for key in ("cert_date", "post_start", "post_end"):
        said[key] = date.fromisoformat(said[key]) if key in said else None
    if RosterReason.STREET_UNKNOWN in row.reasons:
        said.pop("street", None)
    details = {key: row.details[key] for key in row.details if key in TAKEN_DETAILS}
    if revoked_on := row.details.get("revoked_on"):
        details["revoked_on"] = date.fromisoformat(revoked_on)
    return services.RosterRow(**said, **details)


TAKEN_DETAILS = frozenset(
    [
        "sex",
        "employer_kind",
        "title",
        "established",
        "field",
        "phone",
        "certificate_no",
        "management_no",
    ]
)

ROSTER = Sheet(
    code="roster",
    title=_("Roster of certified social workers"),
    columns=COLUMNS,
    judge=judge,
    keys=("name", "id_no", "level", "cert_date"),
    values=VALUES,
    reasons={
        reason.value: (reason.label, advice)
        for reason, advice in (ROW_SUGGESTIONS | ROSTER_SUGGESTIONS).items()
    },
    context=roster_terms,
    apply=apply_rows,
    undo=services.undo_roster,
    across=RosterAcross,
    plain=PlainRoster,
    known=KNOWN,
    masked=frozenset({"id_no"}),
)
