from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = gettext_lazy("agreements")
