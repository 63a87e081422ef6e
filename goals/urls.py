from django.urls import path

from goals.views import detail, ending, forms, lists, values

app_name = "goals"
urlpatterns = [
    path("", lists.index, name="index"),
    path("companies/<int:pk>/", detail.company, name="company"),
    path("new/", forms.new, name="new"),
    path("<int:pk>/", detail.goal, name="goal"),
    path("<int:pk>/card/", detail.card, name="card"),
    path("<int:pk>/edit/", forms.edit, name="edit"),
    path("<int:pk>/targets/", values.targets, name="targets"),
    path("<int:pk>/archive/", ending.archive, name="archive"),
    path("<int:pk>/restore/", ending.restore, name="restore"),
    path("<int:pk>/delete/", ending.delete, name="delete"),
]
