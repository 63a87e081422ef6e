"""Where somebody is signed in."""

from allauth.usersessions.models import UserSession

from tenants.models import User


def end_sessions(user: User) -> int:
    """Signs the person out everywhere, on the next request, and says of how many places that was."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)
