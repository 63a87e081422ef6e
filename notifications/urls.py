"""Notices and their preferences, under an organization's slug."""

app_name = "notifications"
urlpatterns: list = []
