from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class GoalsConfig(AppConfig):
    name = "goals"

    def ready(self):
        from audit.reporting import word_changes_of
        from crm.profile import Tab, add_tab
        from goals import hints, news, segments
        from goals.reporting.changes import changes_in_words
        from goals.services.segments import follow
        from metrics import events
        from metrics.segments import users
        from notifications import catalogue

        for kind in news.ALL:
            catalogue.register(kind)
        events.moved.connect(hints.figures_moved, dispatch_uid="goals.hints.figures_moved")
        users.register(users.Users(uses=segments.uses_of, follow=follow))
        word_changes_of(self.get_model("Goal"), changes_in_words)
        add_tab(Tab("goals", gettext_lazy("Goals"), "goals:company", 50))
