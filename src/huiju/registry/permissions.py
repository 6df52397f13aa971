"""Who may change or see what in the registry; each answer carries its reason."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no
from huiju.registry.models import (
    BankAccount,
    Certificate,
    Credit,
    Death,
    Leave,
    Person,
    Post,
    Registration,
)

PlainFact = Leave | BankAccount | Death | Registration | Credit


def may_change(user: User, person: Person) -> Permit:
    """Certificates and details: the office that keeps the file, or one where the person is in post."""
    if _holds_for(user, "registry.change", person):
        return YES
    return no(
        _("You do not keep this person's file: the office of %(place)s does.")
        % {"place": person.place}
    )


def may_add_post(user: User, person: Person, place: Place) -> Permit:
    """A post is recorded by the office of its place."""
    if user.holds("registry.change", place):
        return YES
    return no(_("You do not record posts in %(place)s.") % {"place": place})


def may_correct_certificate(user: User, certificate: Certificate) -> Permit:
    """Only the present version is corrected, by those who keep the file."""
    if not certificate.is_current:
        return no(_("This version has been superseded. Reload the page to see the present one."))
    return may_change(user, certificate.person)


def may_revoke_certificate(user: User, certificate: Certificate) -> Permit:
    """Once, by those who keep the file."""
    if certificate.revoked_on is not None:
        return no(_("This certificate has been revoked already."))
    return may_correct_certificate(user, certificate)


def may_correct_post(user: User, post: Post) -> Permit:
    """Only the present version is corrected, by the office of its place."""
    if not post.is_current:
        return no(_("This version has been superseded. Reload the page to see the present one."))
    if user.holds("registry.change", post.place):
        return YES
    return no(_("You do not record posts in %(place)s.") % {"place": post.place})


def may_end_post(user: User, post: Post) -> Permit:
    """Once, by the office of its place."""
    if post.ends_on is not None:
        return no(_("The end of this post is recorded already. Correct it instead."))
    return may_correct_post(user, post)


def may_reveal(user: User, person: Person) -> Permit:
    """The whole identity number: for those who answer for the file, with a reason, on record."""
    if _holds_for(user, "registry.reveal", person):
        return YES
    return no(_("Your roles do not include seeing whole identity numbers of this office's files."))


def may_correct_fact(user: User, fact: PlainFact) -> Permit:
    """A registration, hours, a leave, an account or a death: its present version, by those who keep the file."""
    if not fact.is_current:
        return no(_("This version has been superseded. Reload the page to see the present one."))
    return may_change(user, fact.person)


def may_merge(user: User, one: Person, other: Person) -> Permit:
    """Whoever keeps both files; two districts' files are merged, and parted, by the city."""
    if all(user.holds("registry.change", person.place) for person in (one, other)):
        return YES
    return no(
        _(
            "These files are kept by %(one)s and %(other)s. An office that keeps both decides: for two"
            " districts that is the city."
        )
        % {"one": one.place, "other": other.place}
    )


def may_see_account(user: User, person: Person) -> Permit:
    """Where somebody's money goes, even masked: who keeps the file, who pays, and the person.

    An account number is what a swindler needs to turn a payment, and four digits with a bank's name
    are enough to sound like that bank on the telephone. Streets, agencies and auditors can do their
    work without it: an auditor's questions about accounts are answered by who is paid how much, and by
    the list of accounts that several people share, which names people and no numbers.
    """
    if is_own(user, person) or _holds_for(user, "registry.view_account", person):
        return YES
    return no(
        _(
            "Accounts are shown to the office that keeps the file and to finance, and to nobody else."
        )
    )


def may_reveal_account(user: User, person: Person) -> Permit:
    """The whole account number: for those who see the account and may reveal, with a reason, on record."""
    seen = may_see_account(user, person)
    return may_reveal(user, person) if seen else seen


def is_own(user: User, person: Person) -> bool:
    """Whether a file is the user's own, under whichever of its records the account was made."""
    own = user.person_ref
    return own is not None and (
        own == person.pk
        or (person.survivor_id is not None and person.members.filter(pk=own).exists())
    )


def keeps_a_file_of(user: User | None, places: Iterable[Place]) -> bool:
    """Whether somebody takes sheets in for one of the places of a file; the command line for all."""
    return user is None or any(user.holds("transfers.import", place) for place in places)


def _holds_for(user: User, action: str, person: Person) -> bool:
    """Whether an action is allowed where the file is kept, or where a post in it lies."""
    if user.holds(action, (person.survivor or person).place):
        return True
    records = Person.objects.in_files_of([person])
    posts = Post.objects.current().filter(person__in=records.values("pk")).select_related("place")
    return any(user.holds(action, post.place) for post in posts)
