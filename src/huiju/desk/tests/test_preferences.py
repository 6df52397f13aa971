import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_large_type_is_remembered_and_the_reader_returns_to_the_page(client):
    answer = client.post(reverse("desk:type_size"), {"size": "large", "next": "/account/login/"})

    assert (answer["Location"], answer.cookies["type"].value) == ("/account/login/", "large")


def test_type_size_sends_nobody_to_another_site(client):
    answer = client.post(reverse("desk:type_size"), {"size": "large", "next": "https://evil.test/"})

    assert answer["Location"] == "/"


def test_language_chosen_is_the_language_of_the_next_page(client):
    client.post(reverse("desk:language"), {"language": "en", "next": "/account/login/"})

    page = client.get("/account/login/").content.decode()

    assert '<html lang="en"' in page
    assert ">Sign in</button>" in page


def test_pages_are_chinese_whatever_the_browser_announces(client):
    page = client.get("/account/login/", headers={"accept-language": "en-US"}).content.decode()

    assert '<html lang="zh-hans"' in page
