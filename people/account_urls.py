"""Pages by which people come in, and where they are in: under /accounts/, outside of every organization. The names are
allauth's where it has one."""

from django.urls import path

from people.views import account, invitations, sign_up

urlpatterns = [
    path("sessions/", account.sessions, name="account_sessions"),
    path("signup/", sign_up.sign_up, name="account_signup"),
    path("signup/sent/", sign_up.sign_up_sent, name="sign_up_sent"),
    path("signup/<str:token>/", sign_up.confirm_sign_up, name="confirm_sign_up"),
    path("invitation/<str:token>/", invitations.accept, name="accept_invitation"),
]
