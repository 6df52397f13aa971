"""The nightly recount: what does not agree goes to the log, and that it was done into the trail."""

import logging
from collections import Counter
from typing import Any

from huiju.allowances import queries
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system

log = logging.getLogger(__name__)
LEDGER = "allowances.ledger"


def recount_ledger() -> dict[str, Any]:
    """Recount the ledger and everything paid; gives what `queries.recounted_ledger` does."""
    with acting_as_system():
        found = queries.recounted_ledger()
        kinds = Counter(difference["what"] for difference in found["differences"])
        audit.record(
            actor=None,
            action="allowances.ledger_recounted",
            subject=LEDGER,
            entries=found["entries"],
            differences=len(found["differences"]),
            kinds=",".join(f"{kind}:{count}" for kind, count in sorted(kinds.items())),
        )
    for difference in found["differences"]:
        log.error("the ledger does not agree: %s", difference)
    return found
