"""What stands in the side bar, for those who may go there."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: the reader's menu."""
    return {"navigation": []}
