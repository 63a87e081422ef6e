from django.urls import path

from dashboards import team, views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/goals/<int:goal_pk>/", views.card, name="card"),
    path("teams/<int:pk>/standing/", team.team, name="team"),
    path("order/", views.order, name="order"),
    path("start/", views.start, name="first_steps"),
    path("start/skip/", views.skip, name="skip_step"),
    path("settings/", views.settings, name="settings"),
]
