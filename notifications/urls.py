"""Notices and mails, under an organization's slug."""

from django.urls import path

from notifications.views import mails, notices

app_name = "notifications"
urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/events/", notices.stream, name="events"),
    path("notices/read/", notices.read_all, name="read_all"),
    path("notices/preferences/", notices.preferences, name="preferences"),
    path("notices/<int:pk>/open/", notices.open_notice, name="open_notice"),
    path("mail/", mails.mails, name="mail"),
    path("mail/<int:pk>/", mails.mail, name="message"),
    path("mail/<int:pk>/retry/", mails.retry, name="retry_mail"),
    path("mail/<int:pk>/cancel/", mails.cancel, name="cancel_mail"),
]
