from django.urls import path

from agreements.views import detail, ending, lists, settling, sharing, summaries, wizard

app_name = "agreements"
urlpatterns = [
    path("", lists.index, name="index"),
    path("companies/<int:pk>/", detail.company, name="company"),
    path("new/", wizard.new, name="new"),
    path("drafts/<int:pk>/review/", wizard.review, name="draft_review"),
    path("drafts/<int:pk>/summaries/", wizard.step, {"step": "notifications"}, name="draft_notifications"),
    path("drafts/<int:pk>/options/", wizard.step, {"step": "options"}, name="draft_options"),
    path("drafts/<int:pk>/levels/", wizard.step, {"step": "levels"}, name="draft_levels"),
    path("drafts/<int:pk>/what/", wizard.step, {"step": "configuration"}, name="draft_configuration"),
    path("drafts/<int:pk>/drop/", wizard.drop, name="drop_draft"),
    path("<int:pk>/", detail.agreement, name="agreement"),
    path("<int:pk>/customers/", detail.customers, name="customers"),
    path("<int:pk>/near-misses/", detail.near_misses, name="near_misses"),
    path("<int:pk>/amend/", wizard.amend, name="amend"),
    path("<int:pk>/copy/", wizard.copy, name="copy"),
    path("<int:pk>/renew/", wizard.renew, name="renew"),
    path("<int:pk>/end-early/", ending.end_early, name="end_early"),
    path("<int:pk>/archive/", ending.archive, name="archive"),
    path("<int:pk>/restore/", ending.restore, name="restore"),
    path("<int:pk>/settle/", settling.settle, name="settle"),
    path("<int:pk>/settlements/", settling.settlements, name="settlements"),
    path("settlements/<int:pk>/", settling.settlement, name="settlement"),
    path("settlements/<int:pk>/approve/", settling.approve, name="approve"),
    path("settlements/<int:pk>/reverse/", settling.reverse, name="reverse"),
    path("<int:pk>/summaries/", summaries.summaries, name="summaries"),
    path("<int:pk>/summaries/mail/", summaries.page, name="summary_mail"),
    path("<int:pk>/summaries/pdf/", summaries.paper, name="summary_pdf"),
    path("<int:pk>/summaries/send/", summaries.send, name="send_summaries"),
    path("<int:pk>/summaries/recipients/", summaries.recipients, name="summary_recipients"),
    path("<int:pk>/summaries/mails/<int:mail_pk>/retry/", summaries.retry, name="retry_summary"),
    path("<int:pk>/links/", sharing.links, name="links"),
    path("<int:pk>/links/<int:link_pk>/stop/", sharing.revoke, name="revoke_link"),
]
