from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class GoalsConfig(AppConfig):
    name = "goals"

    def ready(self):
        from crm.profile import Tab, add_tab
        from goals import news
        from notifications import catalogue

        catalogue.register(news.ASSIGNED)
        add_tab(Tab("goals", gettext_lazy("Goals"), "goals:company", 50))
