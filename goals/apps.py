from django.apps import AppConfig


class GoalsConfig(AppConfig):
    name = "goals"

    def ready(self):
        from goals import news
        from notifications import catalogue

        catalogue.register(news.ASSIGNED)
