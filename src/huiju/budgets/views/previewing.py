"""A form is sent twice: first it shows what it would do, then, confirmed, it does it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huiju.budgets import services
from huiju.directory.access import reader
from huiju.kernel.errors import DomainError


def answered(request: HttpRequest, form: Any, at: datetime) -> tuple[Any, dict[str, Any]]:
    """What a confirmed form made, or None and what its page shows: faults, or the preview."""
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return None, context
    change = form.change(reader(request), at)
    try:
        if "confirmed" not in request.POST:
            return None, {**context, "preview": services.preview(change), "sent": sent(request)}
        made = change()
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None, context
    messages.success(request, _("Entered. It is in the ledger and in the report of changes."))
    return made, context


def sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields as they were sent, to be sent again when confirmed."""
    return [
        (name, str(text)) for name, text in request.POST.items() if name != "csrfmiddlewaretoken"
    ]
