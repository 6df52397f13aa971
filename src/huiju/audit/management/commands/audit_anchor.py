import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.audit import services
from huiju.audit.verifier import canonical
from huiju.kernel import arguments, clock


class Command(BaseCommand):
    help = gettext_noop("Sign the head of the audit chain; to standard output, or into folders.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=arguments.folder, action="append", default=[], help=_("repeatable")
        )
        parser.add_argument(
            "--algorithm", default="Ed25519", help=_("how the head is signed (Ed25519)")
        )

    def handle(self, *, folder: list[Path], algorithm: str, **_options: Any) -> None:
        try:
            anchor = services.make_anchor(at=clock.now(), algorithm=algorithm)
        except services.UnknownSignature as refusal:
            raise CommandError(
                _("Anchors are signed by Ed25519; %(algorithm)s is not available here.")
                % {"algorithm": algorithm},
                returncode=2,
            ) from refusal
        if not folder:
            sys.stdout.buffer.write(canonical(anchor) + b"\n")
            sys.stdout.buffer.flush()
        for place in folder:
            file = services.keep_anchor(place, anchor=anchor)
            self.stderr.write(_("Anchor written to %(file)s.") % {"file": file})
