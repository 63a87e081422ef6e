from django.urls import path

from agreements.views import concluding, detail, ending, lists, sharing

app_name = "agreements"
urlpatterns = [
    path("", lists.index, name="index"),
    path("companies/<int:pk>/", detail.company, name="company"),
    path("new/", concluding.new, name="new"),
    path("<int:pk>/", detail.agreement, name="agreement"),
    path("<int:pk>/customers/", detail.customers, name="customers"),
    path("<int:pk>/near-misses/", detail.near_misses, name="near_misses"),
    path("<int:pk>/end-early/", ending.end_early, name="end_early"),
    path("<int:pk>/archive/", ending.archive, name="archive"),
    path("<int:pk>/restore/", ending.restore, name="restore"),
    path("<int:pk>/links/", sharing.links, name="links"),
    path("<int:pk>/links/<int:link_pk>/stop/", sharing.revoke, name="revoke_link"),
]
