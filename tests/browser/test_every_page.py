import pytest

from huiju.allowances.models import Notice, Run
from huiju.directory.tests.factories import make_user
from huiju.transfers.services import store
from huiju.transfers.tests.factories import make_export
from tests.browser.walk import Walk, page_names

pytestmark = pytest.mark.browser

READERS = [
    ("city", "350200"),
    ("district", "350203"),
    ("finance", "350200"),
    ("auditor", "350200"),
    ("administrator", "350200"),
    ("worker", "350203"),
]
OWN = {"finance": ["/budgets/"]}  # who alone sees the way to planning


def test_every_page_is_accessible_chinese_and_fits_at_both_widths(open_as, small_city):
    known: set[str] = set()
    problems: list[str] = []

    for role, where in READERS:
        own = small_city if role == "worker" else None
        reader = make_user(role, where, label="测试岗位", person_ref=own)
        reader.set_password("long enough to be changed")
        reader.save()
        make_export(reader, state="done", row_count=1, digest=store.keep(b"exported"))
        walk = Walk(open_as(reader), known)
        walk.from_("/", "/ui/", "/search/?q=林", "/?tray=messages", "/api/", *OWN.get(role, ()))
        if role == "district":  # the file with one of everything
            walk.from_(f"/registry/workers/{small_city}/")
        if role == "city":  # a list on notice, with an objection to answer
            walk.from_(f"/allowances/{Notice.objects.get().run_id}/steps/")
            walk.from_("/allowances/schemes/new/?shape=sub_grades")
        if role == "finance":
            walk.from_(f"/allowances/{Run.objects.get(state='reviewed').pk}/approval/")
            walk.from_(f"/allowances/{Run.objects.get(state='paying').pk}/bank/")
        problems += walk.problems
    visitor = Walk(open_as(None, "/account/login/"), known)
    visitor.from_(
        "/account/login/", f"/notices/allowances/{Notice.objects.get().token}/", "/notices/slips/"
    )

    problems += visitor.problems
    problems += [f"no link leads to {name}" for name in sorted(page_names() - known)]
    print(*problems, sep="\n")  # pytest cuts long lists short
    assert problems == []
