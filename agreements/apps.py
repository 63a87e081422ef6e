from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = gettext_lazy("agreements")

    def ready(self):
        from agreements import merging
        from agreements.reporting.changes import changes_in_words
        from agreements.services import scheduling
        from agreements.summaries import KIND
        from audit.reporting import word_changes_of
        from audit.services import recorded
        from crm.profile import Tab, add_tab
        from crm.services.merging import before_merge
        from notifications import catalogue

        word_changes_of(self.get_model("Agreement"), changes_in_words)
        add_tab(Tab("agreements", gettext_lazy("Agreements"), "agreements:company", 60))
        before_merge(merging.check_merge)
        catalogue.name_mails(KIND, gettext_lazy("Summaries of an agreement"))
        recorded.connect(scheduling.zone_has_changed, dispatch_uid="agreements.scheduling.zone_has_changed")
