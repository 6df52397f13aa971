import re
from pathlib import Path

import pytest
from django.test import RequestFactory
from django_cotton import render_component

from huiju.kernel.permits import YES, no

UI = Path(__file__).resolve().parents[1]
COMPONENTS = sorted((UI / "templates" / "cotton").rglob("*.html"))


def rendered(name, **inputs):
    html = render_component(RequestFactory().get("/"), name, inputs)
    return re.sub(r">\s+<", "><", html.strip())


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_states_its_inputs_in_its_first_line(path):
    assert path.read_text().startswith("{# ")


def test_every_component_stands_in_the_guide():
    guide = (UI / "COMPONENTS.md").read_text()
    folder = UI / "templates" / "cotton"
    names = [
        str(path.relative_to(folder).with_suffix(""))
        .removesuffix("/index")
        .replace("/", ".")
        .replace("_", "-")
        for path in COMPONENTS
    ]

    assert [
        name for name in names if f"<c-{name} " not in guide and f"<c-{name}>" not in guide
    ] == []


def test_action_button_refused_is_disabled_and_says_why():
    html = rendered(
        "action-button", url="/x/", label="批准", permit=no("本批次由您提交，须由他人批准。")
    )

    assert "disabled" in html
    assert "本批次由您提交，须由他人批准。" in html
    assert "<form" not in html


def test_action_button_allowed_is_one_post_form():
    html = rendered("action-button", url="/x/", label="批准", permit=YES)

    assert html.startswith('<form class="action" method="post" action="/x/">')
    assert "disabled" not in html


def test_values_are_escaped():
    html = rendered("badge", label="<b>")

    assert html == '<span class="state">&lt;b&gt;</span>'


def test_money_is_a_link_to_its_derivation():
    html = rendered("money", fen=-20000, url="/why/", unit="yes")

    assert 'href="/why/"' in html
    assert "money-negative" in html
    assert ">-200.00</a>" in html
