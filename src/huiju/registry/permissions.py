"""Who may change or see what in the registry; each answer carries its reason."""

from django.utils.translation import gettext as _

from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no
from huiju.registry.models import Certificate, Person, Post


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


def _holds_for(user: User, action: str, person: Person) -> bool:
    if user.holds(action, person.place):
        return True
    posts = Post.objects.current().filter(person=person).select_related("place")
    return any(user.holds(action, post.place) for post in posts)
