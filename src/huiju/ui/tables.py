"""Lists: columns as this house prints them, and what the address says about order, page and columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_tables2 import Column as Column
from django_tables2 import Table

from huiju.kernel import money
from huiju.ui.templatetags.ui import (
    PAGE_SIZES,
    cn_date,
    cn_month,
    masked_id,
    masked_phone,
)

DEFAULT_PAGE_SIZE = 20


# Attributes of a column whose cells are days or codes: they never break across lines.
UNBROKEN = {part: {"class": "date"} for part in ("th", "td")}


class ListTable(Table):  # type: ignore[misc]
    """A list page's table; a page declares its columns in a subclass and hands it to `listed`.

    `choices`: name, heading and presence of each column, for the column chooser.
    """

    choices: Sequence[tuple[str, Any, bool]] = ()

    class Meta:
        template_name = "ui/table.html"
        orderable = True

    def printed_rows(self) -> Iterator[tuple[Any, SafeString]]:
        """Each row of the page as its record and its cells in HTML.

        Where a cell begins is made once for a column: for 500 cells that halves the time of a page.
        """
        shown = list(self.columns)
        openings = [
            format_html('<td {} data-label="{}">', column.attrs["td"].as_html(), column.header)
            for column in shown
        ]
        for row in self.paginated_rows:
            cells = (row.get_cell(column.name) for column in shown)
            pairs = zip(openings, cells, strict=True)
            yield row.record, format_html_join("", "{}{}</td>", pairs)


def listed(request: HttpRequest, table: ListTable, *, folded: tuple[str, ...] = ()) -> ListTable:
    """The table as the address asks for it: ?sort=-month&page=2&per_page=50&column=name&column=month.

    Order always ends in the primary key, so that no row is lost between two pages. An order, a page
    or a column that does not exist is passed over. `folded` columns are shown only when chosen.
    """
    table.request = request
    shown = shown_columns(request.GET, table, folded)
    table.choices = [
        (name, column.header, name in shown)
        for name, column in table.columns.items()
        if column.header
    ]
    for name, _header, chosen in table.choices:
        if not chosen:
            table.columns.hide(name)
    if orders := request.GET.getlist("sort"):
        table.order_by = orders
    if isinstance(table.data.data, QuerySet):
        table.data.data = finally_by_key(table.data.data)
    table.paginate(Paginator, per_page=page_size(request.GET), page=1)
    table.page = table.paginator.get_page(request.GET.get("page"))
    table.before_render(request)
    return table


def shown_columns(asked: QueryDict, table: ListTable, folded: tuple[str, ...]) -> set[str]:
    """Names of the columns to show: those chosen in the address, else all that are not folded."""
    names = set(table.columns.names())
    return (names & set(asked.getlist("column"))) or names - set(folded)


def page_size(asked: QueryDict) -> int:
    """The rows a page asked for, if it is one of the offered sizes."""
    size = asked.get("per_page", "")
    return int(size) if size in {str(offered) for offered in PAGE_SIZES} else DEFAULT_PAGE_SIZE


def finally_by_key(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same order with the primary key as last resort."""
    order = [*rows.query.order_by] or [*(rows.model._meta.ordering or ())]
    return rows if {"pk", "-pk"} & set(order) else rows.order_by(*order, "pk")


class MoneyColumn(Column):  # type: ignore[misc]
    """Fen as yuan, to the right; linked, it opens its derivation. `total` sums the whole filter."""

    attrs: Mapping[str, Any] = {
        **{part: {"class": "amount"} for part in ("th", "td", "tf")},
        "a": {"class": "figure money"},
    }

    def __init__(self, *args: Any, total: bool = False, **kwargs: Any) -> None:
        if total:
            kwargs["footer"] = self.sum_of_all
        super().__init__(*args, attrs=dict(self.attrs), **kwargs)

    def render(self, value: int) -> str:
        return money.yuan(value)

    def sum_of_all(self, bound_column: Any, table: ListTable) -> str:
        rows = table.data.data
        if isinstance(rows, QuerySet):
            field = bound_column.accessor.replace(".", "__")
            total = rows.order_by().aggregate(total=Sum(field))["total"]
        else:
            total = sum(bound_column.accessor.resolve(row) or 0 for row in rows)
        return money.yuan(int(total or 0))


class NumberColumn(Column):  # type: ignore[misc]
    """A whole number, to the right, with thousands separators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        attrs = {part: {"class": "amount"} for part in ("th", "td", "tf")}
        super().__init__(*args, attrs=attrs, **kwargs)

    def render(self, value: int) -> str:
        return f"{value:,}"


class TextColumn(Column):  # type: ignore[misc]
    """A value printed through a function of one argument, optionally with a class of its cells."""

    def __init__(
        self, shown: Callable[[Any], str], *args: Any, cells: str = "", **kwargs: Any
    ) -> None:
        attrs = {part: {"class": cells} for part in ("th", "td")} if cells else {}
        super().__init__(*args, attrs=attrs, **kwargs)
        self.shown = shown

    def render(self, value: Any) -> str:
        return self.shown(value)


def date_column(*args: Any, **kwargs: Any) -> TextColumn:
    """A day as 2015-10-31, an instant with hour and minute."""
    return TextColumn(cn_date, *args, cells="date", **kwargs)


def month_column(*args: Any, **kwargs: Any) -> TextColumn:
    """A month as 2015-10."""
    return TextColumn(cn_month, *args, cells="date", **kwargs)


def code_column(*args: Any, **kwargs: Any) -> TextColumn:
    """A code of the program's own, which is in no language."""
    return TextColumn(code, *args, **kwargs)


def code(value: Any) -> SafeString:
    """A code as such, so that it is neither translated nor read out as a word."""
    return format_html('<code translate="no">{}</code>', value)


def masked_id_column(*args: Any, **kwargs: Any) -> TextColumn:
    """An identity number, masked; never sortable."""
    return TextColumn(masked_id, *args, cells="code", orderable=False, **kwargs)


def masked_phone_column(*args: Any, **kwargs: Any) -> TextColumn:
    """A telephone number, masked; never sortable."""
    return TextColumn(masked_phone, *args, cells="code", orderable=False, **kwargs)


class StateColumn(Column):  # type: ignore[misc]
    """A choice as a badge: `kinds` gives the colour of a value, `labels` (or the model) its word."""

    def __init__(
        self,
        *args: Any,
        kinds: Mapping[str, str],
        labels: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.labels = labels

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        stored = bound_column.accessor.resolve(record) if self.labels is None else value
        word = value if self.labels is None else self.labels.get(value, value)
        return badge(word, self.kinds.get(str(getattr(stored, "value", stored)), ""))


def badge(word: Any, kind: str = "") -> SafeString:
    """A state as colour and word; kinds as in <c-badge>."""
    return format_html('<span class="state {}">{}</span>', f"state-{kind}" if kind else "", word)
