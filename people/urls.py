"""Pages of an organization's people and settings, under its slug."""

app_name = "people"
urlpatterns: list = []
