from django.urls import path

from goals.views import detail, ending, forms, lists, recurrences, statistics, values

app_name = "goals"
urlpatterns = [
    path("", lists.index, name="index"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("companies/<int:pk>/", detail.company, name="company"),
    path("new/", forms.new, name="new"),
    path("<int:pk>/", detail.goal, name="goal"),
    path("<int:pk>/near-misses/", detail.near_misses, name="near_misses"),
    path("<int:pk>/edit/", forms.edit, name="edit"),
    path("<int:pk>/targets/", values.targets, name="targets"),
    path("<int:pk>/parts/", values.parts, name="parts"),
    path("<int:pk>/recurrence/", recurrences.recurrence, name="recurrence"),
    path("<int:pk>/second/", recurrences.second, name="second"),
    path("<int:pk>/archive/", ending.archive, name="archive"),
    path("<int:pk>/restore/", ending.restore, name="restore"),
    path("<int:pk>/delete/", ending.delete, name="delete"),
]
