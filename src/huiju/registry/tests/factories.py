"""People, certificates and posts for tests, written straight into the tables."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from huiju.directory.models import Organisation, Place
from huiju.directory.tests.factories import make_organisation, place
from huiju.kernel.encrypted import search_digest
from huiju.registry.models import (
    BankAccount,
    Certificate,
    Credit,
    Death,
    IdentityDocument,
    Leave,
    Person,
    Post,
    Registration,
)
from huiju.registry.rules.accounts import masked_account
from huiju.registry.services import RosterRow
from huiju.registry.services.books import write_search_keys
from huiju.registry.services.searching import masked_number, sort_key

numbers = count(1)
papers = count(1)
LEARNT = datetime(2015, 1, 5, 4, 0, tzinfo=UTC)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(order: int, born_on: date = date(1980, 1, 1)) -> str:
    """A number of nobody: place code 350201, right check character."""
    body = f"350201{born_on:%Y%m%d}{order % 1000:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def make_person(*, number: str = "", **fields: Any) -> Person:
    """Somebody whose file 厦港街道 keeps, found by name and by an identity number."""
    order = next(numbers)
    name = fields.pop("name", f"林{'一二三四五六七八九十'[order % 10]}{order}")
    born_on = fields.pop("born_on", date(1980, 1, 1 + order // 1000))
    defaults = {"place": place("350203001"), "sex": "f", "created_at": LEARNT, "born_on": born_on}
    person = Person.objects.create(name=name, pinyin=sort_key(name), **defaults | fields)
    write_search_keys([person])
    number = number or identity_number(order, born_on)
    IdentityDocument.objects.create(
        person=person,
        type="resident_id",
        number=number,
        number_digest=search_digest(IdentityDocument, "number", number),
        masked=masked_number(number),
        recorded_at=LEARNT,
    )
    return person


def make_certificate(person: Person | None = None, **fields: Any) -> Certificate:
    """An assistant's certificate of 2014-06-22, known since 2015-01-05."""
    defaults = {"level": "assistant", "approved_on": date(2014, 6, 22), "recorded_at": LEARNT}
    person = person or make_person()
    made: Certificate = Certificate.objects.create(
        person=person, **defaults | {"source": "page"} | fields
    )
    return made


def make_post(person: Person | None = None, **fields: Any) -> Post:
    """In post in 厦港街道 of 思明区 since 2012-03-01, known since 2015-01-05."""
    at: Place = fields.pop("place", None) or place("350203001")
    employer: Organisation = fields.pop("employer", None) or make_organisation(
        kind="community", place=at
    )
    defaults = {
        "place": at,
        "district": place(at.code[:6]),
        "employer": employer,
        "kind": employer.kind,
        "starts_on": date(2012, 3, 1),
        "recorded_at": LEARNT,
        "source": "page",
    }
    made: Post = Post.objects.create(person=person or make_person(), **defaults | fields)
    return made


def make_leave(person: Person | None = None, **fields: Any) -> Leave:
    """Sick from 2015-03-01 to 2015-03-31, known since 2015-01-05."""
    defaults = {
        "kind": "sick",
        "starts_on": date(2015, 3, 1),
        "ends_on": date(2015, 4, 1),
        "recorded_at": LEARNT,
        "source": "page",
    }
    made: Leave = Leave.objects.create(person=person or make_person(), **defaults | fields)
    return made


def make_registration(person: Person | None = None, **fields: Any) -> Registration:
    """An assistant registered for the first time on 2014-03-01 for three years, known since 2015-01-05."""
    defaults: dict[str, Any] = {
        "kind": "first",
        "level": "assistant",
        "authority": "厦门市民政局",
        "starts_on": date(2014, 3, 1),
        "ends_on": date(2017, 3, 1),
        "recorded_at": LEARNT,
        "source": "page",
    }
    made: Registration = Registration.objects.create(
        person=person or make_person(), **defaults | fields
    )
    return made


def make_credit(person: Person | None = None, **fields: Any) -> Credit:
    """24 hours of training on 2014-06-01, by a paper of its own."""
    defaults: dict[str, Any] = {
        "item": "training",
        "title": "个案工作实务",
        "provider": "厦门市社会工作协会",
        "earned_on": date(2014, 6, 1),
        "tenths": 240,
        "evidence": f"JX{next(papers)}",
        "recorded_at": LEARNT,
        "source": "page",
    }
    made: Credit = Credit.objects.create(person=person or make_person(), **defaults | fields)
    return made


def account_number(order: int) -> str:
    """A card number of nobody's bank with the right check digit."""
    body = f"629999{order:012d}"
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(body))]
    return body + str(-sum(n - 9 * (n > 9) for n in doubled) % 10)


def make_account(person: Person | None = None, **fields: Any) -> BankAccount:
    """An account with 厦门银行 since 2014-01-01, known since 2015-01-05."""
    person = person or make_person()
    number = fields.pop("number", "") or account_number(next(numbers))
    defaults = {
        "bank": "厦门银行",
        "number": number,
        "number_digest": search_digest(BankAccount, "number", number),
        "masked": masked_account(number),
        "holder": person.name,
        "starts_on": date(2014, 1, 1),
        "recorded_at": LEARNT,
        "source": "page",
    }
    made: BankAccount = BankAccount.objects.create(person=person, **defaults | fields)
    return made


def make_death(person: Person | None = None, **fields: Any) -> Death:
    """Died on 2015-10-11, known since 2015-01-05."""
    defaults = {
        "died_on": date(2015, 10, 11),
        "evidence": "火化证明0017",
        "recorded_at": LEARNT,
        "source": "page",
    }
    made: Death = Death.objects.create(person=person or make_person(), **defaults | fields)
    return made


def make_row(order: int = 1, **fields: Any) -> RosterRow:
    """A judged roster row: an assistant in post in a community of 厦港街道 since 2012-03-01."""
    defaults: dict[str, Any] = {
        "name": "林小娟",
        "id_type": "resident_id",
        "id_no": identity_number(order),
        "district": "思明区",
        "street": "厦港街道",
        "level": "assistant",
        "cert_date": date(2014, 6, 22),
        "post_start": date(2012, 3, 1),
        "employer": "厦港街道沙坡尾社区居委会",
    }
    return RosterRow(**defaults | fields)
