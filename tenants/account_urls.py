"""What people need of allauth: in, out, and a password of their own.

Its page of e-mail addresses is left out: an address is what a seat is given to, so nobody takes one by themselves.
"""

from allauth.account import urls

PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # closed (tenants/adapter.py), but named by the sign-in
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [pattern for pattern in urls.urlpatterns if pattern.name in PAGES]
