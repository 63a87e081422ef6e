"""Where somebody is signed in."""

from allauth.usersessions.models import UserSession

from people.account_record import tell_organizations
from tenants.models import User


def end_sessions(user: User) -> int:
    """Signs the person out everywhere, on the next request, and says of how many places that was."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def end_chosen_sessions(user: User, *, besides: str, only: int | None) -> int:
    """Ends the person's session with the id `only`, or all of them; never that with the key `besides`, which asks."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=besides)
    chosen = list(sessions.filter(pk=only) if only else sessions)
    for session in chosen:
        session.end()
    if chosen:
        tell_organizations(user, "member.sessions_ended", {"count": [None, len(chosen)]})
    return len(chosen)
