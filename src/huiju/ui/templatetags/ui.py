"""How values look on a page: amounts, dates, masked personal numbers, icons."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huiju.kernel import money

register = template.Library()

PAGE_SIZES = (10, 20, 50, 100)


@register.filter
def yuan(fen: int | None) -> str:
    """123450 fen as "1,234.50"; nothing known stays empty."""
    return "" if fen is None else money.yuan(fen)


@register.filter
def grouped(number: int | None) -> str:
    """12763 as "12,763": offices group by three, while Django groups Chinese numbers by four."""
    return "" if number is None else f"{number:,}"


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """A day as 2015-10-31; an instant as 2015-10-31 14:05 in the office's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"


@register.filter
def cn_month(value: date | None) -> str:
    """A month, stored as its first day, as 2015-10."""
    return "" if value is None else f"{value:%Y-%m}"


@register.filter
def last_day(ends_on: date | None) -> str:
    """The last day in of a half-open period that ends before `ends_on`; open stays empty."""
    return "" if ends_on is None else cn_date(ends_on - timedelta(days=1))


@register.filter
def masked_id(number: str | None) -> str:
    """An identity number with its birth date and sequence hidden: 3502**********1234."""
    return masked(number, head=4, tail=4)


@register.filter
def masked_phone(number: str | None) -> str:
    """A telephone number with its middle hidden: 138****1234."""
    return masked(number, head=3, tail=4)


@register.filter
def masked_name(name: str | None) -> str:
    """A name as public notices print it: 张*三, 李*."""
    if not name:
        return ""
    return name[0] + "*" if len(name) == 2 else masked(name, head=1, tail=1)


def masked(text: str | None, *, head: int, tail: int) -> str:
    """Keep the ends; a text too short to keep both is hidden whole."""
    if not text:
        return ""
    hidden = len(text) - head - tail
    if hidden <= 0:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[-tail:]


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite; what it means is said in words beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def kept_parameters(context: Context, *dropped: str) -> list[tuple[str, str]]:
    """The parameters of the present address without some, for the hidden inputs of a GET form."""
    present = context["request"].GET
    return [
        (name, value) for name, values in present.lists() if name not in dropped for value in values
    ]


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """First, last and the neighbours of the present page, with gaps between."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.simple_tag
def page_sizes() -> tuple[int, ...]:
    """How many rows a page may be asked to show."""
    return PAGE_SIZES
