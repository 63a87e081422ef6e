from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DashboardsConfig(AppConfig):
    name = "dashboards"

    def ready(self):
        from people.team_pages import TeamPage, add_team_page

        add_team_page(TeamPage("dashboards:team", gettext_lazy("How it stands"), "gauge"))
