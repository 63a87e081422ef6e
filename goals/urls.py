from django.urls import path

from goals import views

app_name = "goals"
urlpatterns = [
    path("", views.index, name="index"),
    path("companies/<int:pk>/", views.company, name="company"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.goal, name="goal"),
    path("<int:pk>/card/", views.card, name="card"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/targets/", views.targets, name="targets"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/restore/", views.restore, name="restore"),
    path("<int:pk>/delete/", views.delete, name="delete"),
]
