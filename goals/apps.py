from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class GoalsConfig(AppConfig):
    name = "goals"

    def ready(self):
        from crm.profile import Tab, add_tab
        from goals import hints, news
        from metrics import events
        from notifications import catalogue

        for kind in news.ALL:
            catalogue.register(kind)
        events.moved.connect(hints.figures_moved, dispatch_uid="goals.hints.figures_moved")
        add_tab(Tab("goals", gettext_lazy("Goals"), "goals:company", 50))
