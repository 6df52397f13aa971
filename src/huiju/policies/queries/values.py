"""Parameters, their values, and what is to be looked at again."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When

from huiju.kernel import clock
from huiju.policies.enums import Due, QuoteCheck, TextExtent, ValueState
from huiju.policies.models import Clause, Document, DocumentText, Parameter, ParameterValue, Review
from huiju.policies.queries.validity import validities
from huiju.policies.rules import clauses as rules
from huiju.policies.rules import words

SOON = timedelta(days=30)


def parameters(*, on: date) -> QuerySet[Parameter]:
    """Parameters with the number of values awaiting confirmation as `waiting`, and whether `due`."""
    waiting = Count("values", filter=Q(values__state=ValueState.PROPOSED))
    due = Case(
        When(review_on__lt=on, then=Value(Due.OVERDUE)),
        When(review_on__lte=on + SOON, then=Value(Due.SOON)),
        default=Value(""),
    )
    return Parameter.objects.annotate(waiting=waiting, due=due)


def parameters_asked_for(*, on: date, words: str = "", standing: str = "") -> QuerySet[Parameter]:
    """Parameters by part of the name or code; `standing` is "waiting" (values await confirmation),
    "review" (its review was due before the day) or "" for all. Unordered."""
    rows = parameters(on=on)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words))
    if standing == "waiting":
        rows = rows.filter(pk__in=values_awaiting().values("parameter"))
    if standing == "review":
        rows = rows.filter(review_on__lt=on)
    return rows


def values_known(parameter: Parameter, *, on: date) -> QuerySet[ParameterValue]:
    """The versions that counted at the end of a day, unordered."""
    known = ParameterValue.objects.known_at(clock.end_of(on))
    return known.filter(parameter=parameter).select_related(
        "parameter", "place", "document", "proposed_by", "decided_by"
    )


def values_awaiting() -> QuerySet[ParameterValue]:
    """Proposed values that a second person has yet to confirm or refuse, unordered."""
    return ParameterValue.objects.awaiting().select_related(
        "parameter", "place", "document", "proposed_by"
    )


def values_citing(document: Document) -> QuerySet[ParameterValue]:
    """The values that count now and cite a document, unordered."""
    return (
        ParameterValue.objects.confirmed()
        .filter(document=document)
        .select_related("parameter", "place")
    )


@dataclass(frozen=True)
class Evidence:
    """What a value rests on, beside the library's text: `anchor` is "" where no clause is cited."""

    check: QuoteCheck
    anchor: str = ""
    clause: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether whoever confirms must be warned."""
        return self.check in (QuoteCheck.ABSENT, QuoteCheck.ELSEWHERE)


def evidence_of(values: list[ParameterValue]) -> dict[int, Evidence]:
    """For each value's key, its quotation compared with the clause it cites."""
    if not values:
        return {}
    cited = {value.document_id for value in values}
    texts = DocumentText.objects.filter(document__in=cited, superseded_at=None)
    worded = set(texts.exclude(extent=TextExtent.NOTES).values_list("document_id", flat=True))
    parts: dict[int, list[tuple[str, str]]] = {}
    rows = Clause.objects.filter(document__in=cited).order_by("document", "position")
    for document, anchor, text in rows.values_list("document_id", "anchor", "text"):
        parts.setdefault(document, []).append((anchor, text))
    return {
        value.pk: _compared(value, parts.get(value.document_id, []), value.document_id in worded)
        for value in values
    }


def _compared(value: ParameterValue, parts: list[tuple[str, str]], worded: bool) -> Evidence:
    known = {anchor for anchor, _ in parts}
    anchor = next((each for each in rules.anchors_cited(value.article) if each in known), "")
    clause = rules.with_what_is_below(parts, anchor) if anchor else ""
    if not value.quote:
        return Evidence(QuoteCheck.NO_QUOTE, anchor, clause)
    if not worded:
        return Evidence(QuoteCheck.NO_TEXT, anchor, clause)
    whole = "\n".join(text for _, text in parts)
    if words.quotes(clause if value.article else whole, value.quote):
        return Evidence(QuoteCheck.FOUND, anchor, clause)
    elsewhere = words.quotes(whole, value.quote)
    return Evidence(QuoteCheck.ELSEWHERE if elsewhere else QuoteCheck.ABSENT, anchor, clause)


def values_left_behind(*, on: date) -> list[ParameterValue]:
    """Values in force on a day whose document no longer holds then, by parameter and place."""
    counting = ParameterValue.objects.confirmed().filter(
        Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on
    )
    values = list(
        counting.select_related("parameter", "place", "document").order_by(
            "parameter__code", "place__path", "pk"
        )
    )
    standing = validities({value.document for value in values}, on=on)
    return [value for value in values if standing[value.document_id].is_over]


def parameters_to_review(*, on: date) -> QuerySet[Parameter]:
    """Parameters whose review is due within 30 days or overdue, the oldest first."""
    due = Parameter.objects.filter(review_on__lte=on + SOON)
    return due.order_by("review_on", "code")


def reviews(parameter: Parameter) -> QuerySet[Review]:
    """The reviews of a parameter, newest first."""
    found = Review.objects.filter(parameter=parameter).select_related("reviewed_by")
    return found.order_by("-reviewed_at", "-pk")
