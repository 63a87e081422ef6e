"""How allauth is bent to this house."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: `manage.py create_organization` makes the first administrator."""

    def is_open_for_signup(self, request):
        return False
