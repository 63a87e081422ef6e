from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = gettext_lazy("agreements")

    def ready(self):
        from agreements.reporting.changes import changes_in_words
        from audit.reporting import word_changes_of
        from crm.profile import Tab, add_tab

        word_changes_of(self.get_model("Agreement"), changes_in_words)
        add_tab(Tab("agreements", gettext_lazy("Agreements"), "agreements:company", 60))
