from django.apps import AppConfig


class InstallationConfig(AppConfig):
    """Has no models: it is an app so that Django knows the checks of an installation."""

    name = "config"

    def ready(self):
        from config import checks  # noqa: F401 (registers itself)
